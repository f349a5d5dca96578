import { productTests } from './checks.ts';
import { requestTracker } from './products/request-tracker.ts';

productTests(requestTracker);
