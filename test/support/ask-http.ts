/** HTTP as a test needs it: with any method and any Host header. */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface HttpAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export async function askHttp(
  url: string,
  { method = 'GET', host }: { readonly method?: string; readonly host?: string } = {},
): Promise<HttpAnswer> {
  return await new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    const asked = request(url, { method, headers, agent: false }, (response) => {
      const { statusCode: status, headers: answered } = response;
      text(response).then((body) => resolve({ status, headers: answered, body }), reject);
    });
    asked.on('error', reject).end();
  });
}

/** What a page of JSON says. */
export async function askJson(url: string): Promise<{ status: number | undefined; said: unknown }> {
  const { status, body } = await askHttp(url);
  return { status, said: JSON.parse(body) as unknown };
}
