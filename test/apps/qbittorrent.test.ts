import { productTests } from './checks.ts';
import { qbittorrent } from './products/qbittorrent.ts';

productTests(qbittorrent);
