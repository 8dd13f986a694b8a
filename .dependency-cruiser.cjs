/**
 * Which part may know which, from the inside out:
 *
 *   events  <-  protocol, ports, actors, projections, replication, service  <-  log, transport, system  <-  client, node
 *                                                  <-  observability       <-  cluster, operator, gateways, labs, cli
 *
 * Run by `npm run check`. A rule that stands in the way is changed here, with its reason, not
 * worked around.
 */

const PURE = '^src/(events|pong|protocol|ports|actors|projections|replication|service)/';
const PORTS_OF_THE_LOG = '^src/log/port';
const ROOT = '^src/node(\\.ts$|/)';
const CLOCKS = '^src/labs/clocks/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one module; a cycle also makes loading order matter.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A module that imports nothing and that nobody imports is left over.',
      severity: 'error',
      // Scripts, tests and the tools' configuration files are started by name.
      from: { orphan: true, pathNot: ['^scripts/', '^test/', '^examples/', '^[^/]+$'] },
      to: {},
    },
    {
      name: 'all-resolved',
      comment: 'What cannot be found cannot be checked either.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-packages-in-the-product',
      comment: 'src and cli run where only the dependencies are installed.',
      severity: 'error',
      from: { path: '^(src|cli)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'the-product-stands-alone',
      comment: 'Tests, benchmarks and scripts use the product, never the other way round.',
      severity: 'error',
      from: { path: '^(src|cli)/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'src-without-cli',
      comment: 'The command line is one front end of several.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^cli/' },
    },
    {
      name: 'events-depend-on-nothing',
      comment: 'Events are what everything else speaks; stored ones outlive the code around them.',
      severity: 'error',
      from: { path: '^src/events/' },
      to: { path: '^src/', pathNot: '^src/events/' },
    },
    {
      name: 'rules-of-a-game-depend-on-nothing',
      comment: 'Matches are played back by them on every node and in every front end, in ten years too.',
      severity: 'error',
      from: { path: '^src/pong/' },
      to: { path: '^src/', pathNot: '^src/pong/' },
    },
    {
      name: 'pure-parts-know-pure-parts',
      comment:
        'Deciders, folds and the core of replication run unchanged in the simulation, so they see the world through ports, and nothing of disks, sockets or clients.',
      severity: 'error',
      from: { path: PURE },
      to: { path: '^src/', pathNot: [PURE, PORTS_OF_THE_LOG] },
    },
    {
      name: 'pure-parts-without-node',
      comment: 'No clock, no file, no network: time, ids and I/O come in through commands and ports.',
      severity: 'error',
      from: { path: PURE, pathNot: '^src/(events|projections|service/prepare)' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'hashes-and-no-more',
      comment: 'As above; but frames are chained by their hashes, rows have one too, and hashing is pure.',
      severity: 'error',
      from: { path: '^src/(events|projections|service)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'pure-parts-few-packages',
      comment:
        'Of all packages only the description of data and, where actors live, of state machines, and the table of characters that look alike: none does I/O by itself.',
      severity: 'error',
      from: { path: PURE },
      to: { path: 'node_modules', pathNot: 'node_modules/(xstate|zod|unhomoglyph)/' },
    },
    {
      name: 'the-log-knows-bytes',
      comment: 'Whatever the entries mean, disks and streams keep them the same way.',
      severity: 'error',
      from: { path: '^src/log/' },
      to: { path: '^src/', pathNot: '^src/log/' },
    },
    {
      name: 'transport-carries',
      comment: 'It knows subjects and credentials, and nothing of what is decided or kept.',
      severity: 'error',
      from: { path: '^src/transport/' },
      to: { path: '^src/', pathNot: '^src/(transport|ports|protocol)/' },
    },
    {
      name: 'system-behind-ports',
      comment: 'Clock, randomness and password hashing, each behind the port that the pure parts see.',
      severity: 'error',
      from: { path: '^src/system/' },
      to: { path: '^src/', pathNot: '^src/(system|ports|events)/' },
    },
    {
      name: 'client-without-the-server',
      comment: 'A front end carries no log, no folds and no replica, only what is spoken with them.',
      severity: 'error',
      from: { path: '^src/client/' },
      to: {
        path: '^src/',
        // What lets an inspector look at a client is told what it may tell, and nothing else.
        pathNot:
          '^src/(client|actors/client|events|ports|pong|protocol|transport|system)/|^src/inspector/source/source.ts$',
      },
    },
    {
      name: 'checkers-judge-from-outside',
      comment:
        'What is on trial must not be believed: they share the form of events with it, and nothing else.',
      severity: 'error',
      from: { path: '^src/checkers/' },
      to: { path: '^src/', pathNot: '^src/(checkers|events)/' },
    },
    {
      name: 'recording-through-the-client',
      comment: 'What is recorded is what any client is told and shown.',
      severity: 'error',
      from: { path: '^src/recording/' },
      to: { path: '^src/', pathNot: '^src/(recording|checkers|client|events)/' },
    },
    {
      name: 'cluster-starts-processes',
      comment:
        'What runs in them it does not know: it makes their folders, starts programs, and gives them their secrets.',
      severity: 'error',
      from: { path: '^src/cluster/' },
      to: { path: '^src/', pathNot: '^src/(cluster/|transport/|system/folder)' },
    },
    {
      name: 'operator-reads',
      comment:
        'It asks nodes and reads what they stored, and verifies it as they do; deciding and replicating are theirs.',
      severity: 'error',
      from: { path: '^src/operator/' },
      to: {
        path: '^src/',
        pathNot: [
          '^src/(operator|client|cluster|transport|protocol|ports|events|log|service|system)/',
          '^src/replication/verify.ts$',
        ],
      },
    },
    {
      name: 'inspection-is-pure',
      comment:
        'What is told, what is made of it and how it is drawn are decided without a socket, a clock or a document.',
      severity: 'error',
      from: { path: '^src/inspector/(source|model)/' },
      to: { path: '^src/', pathNot: [PURE, '^src/inspector/(source|model)/'] },
    },
    {
      name: 'inspection-without-node',
      comment: 'As above: the same parts run in the page.',
      severity: 'error',
      from: { path: '^src/inspector/(source|model|page)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'the-page-is-told',
      comment: 'A browser knows what the server sends, as types, and how to draw it.',
      severity: 'error',
      from: { path: '^src/inspector/page/' },
      to: {
        path: '^src/',
        pathNot: '^src/(inspector/(page|model|source/now)|protocol/inspection|events/ids)',
      },
    },
    {
      name: 'the-inspector-looks-through-the-operator',
      comment:
        'It asks nodes as an operator does and hears what they tell; it has no replica, no store and no client.',
      severity: 'error',
      from: { path: '^src/inspector/(server|stately)/' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(inspector/(server|stately|model|source/now)|operator|ports|protocol|service/actor-pages)',
      },
    },
    {
      name: 'nobody-needs-the-inspector',
      comment: 'Everything works without it: only those who wire a process let it be looked at.',
      severity: 'error',
      from: { path: '^src/', pathNot: [ROOT, '^src/(inspector|client)/'] },
      to: { path: '^src/inspector/' },
    },
    {
      name: 'machines-where-actors-live',
      comment: 'Stored events and what readers see must not depend on how state machines are written.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/(actors|client|replication|inspector|labs)/', '^src/node/seen-by-inspectors.ts$'],
      },
      to: { path: 'node_modules/xstate/' },
    },
    {
      name: 'databases-behind-the-log',
      comment: 'One place opens LevelDB, so that one place answers for what a crash leaves behind.',
      severity: 'error',
      from: { path: '^(src|cli)/', pathNot: '^src/log/level' },
      to: { path: 'node_modules/(level|classic-level|abstract-level)/' },
    },
    {
      name: 'metrics-and-logs-behind-their-ports',
      comment:
        'What is counted and said is told in our own words; whose form it takes is decided in one folder.',
      severity: 'error',
      from: { path: '^(src|cli)/', pathNot: '^src/observability/' },
      to: { path: 'node_modules/(prom-client|pino)/' },
    },
    {
      name: 'observability-only-listens',
      comment:
        'It shows what it is told through ports and can be left out; it never asks the parts themselves.',
      severity: 'error',
      from: { path: '^src/observability/' },
      to: { path: '^src/', pathNot: '^src/(observability|ports|events)/' },
    },
    {
      name: 'only-the-root-wires',
      comment:
        'Which disk and which stream a replica has is decided in src/node.ts alone; a client or a supervisor has neither. The operator reads data folders of nodes that are not running; a simulation has a root of its own.',
      severity: 'error',
      from: { path: '^src/', pathNot: [ROOT, CLOCKS, '^src/(log|operator|simulation)/'] },
      to: { path: '^src/log/', pathNot: PORTS_OF_THE_LOG },
    },
    {
      name: 'front-ends-through-the-client',
      comment: 'Every front end has the same abilities and the same promises, because all go one way.',
      severity: 'error',
      from: { path: '^src/(gateways|labs)/', pathNot: CLOCKS },
      to: { path: '^src/', pathNot: ['^src/client/', '^src/$1/'] },
    },
    {
      name: 'clocks-core-is-pure',
      comment:
        'The same machines tick by real and by virtual time, and the same figures are made of both. The Lamport clock is that of the frames.',
      severity: 'error',
      from: { path: `${CLOCKS}core/` },
      to: { path: '^src/', pathNot: [`${CLOCKS}core/`, '^src/events/(lamport|ids)'] },
    },
    {
      name: 'clocks-core-without-node',
      comment: 'As above: no clock, no file, no network; it also runs in a browser.',
      severity: 'error',
      from: { path: `${CLOCKS}core/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'clocks-core-few-packages',
      comment: 'As for the other pure parts.',
      severity: 'error',
      from: { path: `${CLOCKS}core/` },
      to: { path: 'node_modules', pathNot: 'node_modules/(xstate|zod)/' },
    },
    {
      name: 'clocks-stand-beside-the-chat',
      comment:
        'A laboratory on the same platform: bus, log, processes and seeds; of the chat only how its failures are told.',
      severity: 'error',
      from: { path: CLOCKS },
      to: {
        path: '^src/',
        pathNot: [
          CLOCKS,
          '^src/(events|ports|transport|system|log|cluster)/',
          '^src/simulation/random',
          '^src/client/errors',
        ],
      },
    },
    {
      name: 'cli-through-the-client',
      comment:
        'As above. The command line also starts nodes, clusters and simulations, holds the operator commands, and writes what a cluster says.',
      severity: 'error',
      from: { path: '^cli/' },
      to: {
        path: '^src/',
        pathNot: [
          ROOT,
          '^src/(client|cluster|operator|gateways|events|protocol|simulation|labs|system|observability/journal)',
          '^src/inspector/(server|stately)/',
        ],
      },
    },
    {
      name: 'the-player-is-pure',
      comment: 'It runs in a terminal, in a page and in virtual time: its model knows none of them.',
      severity: 'error',
      from: { path: '^cli/player/model/' },
      to: { pathNot: '^cli/player/model/' },
    },
    {
      name: 'the-page-stands-alone',
      comment:
        'What is exported holds the model and its own view, and nothing that would not run in a browser.',
      severity: 'error',
      from: { path: '^cli/player/page/' },
      to: { pathNot: '^cli/player/(model|page)/' },
    },
    {
      name: 'cli-speaks-of-events-only-by-type',
      comment: 'It prints events; making and encoding them is the work of those behind the client.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^src/events/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    exclude: { path: '^(dist|coverage)/' },
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Types count: a part that speaks in another's types depends on it.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
