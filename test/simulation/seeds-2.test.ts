import { holdSeeds } from './seeds.ts';

holdSeeds(26, 50);
