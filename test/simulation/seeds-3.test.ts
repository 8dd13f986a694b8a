import { holdSeeds } from './seeds.ts';

holdSeeds(51, 75);
