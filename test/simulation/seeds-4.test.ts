import { holdSeeds } from './seeds.ts';

holdSeeds(76, 100);
