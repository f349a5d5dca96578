// In a process of its own: passwords are hashed at their least cost.
import { meetOn } from './endings/meet.ts';

meetOn('postgres');
