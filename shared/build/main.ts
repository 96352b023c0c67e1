/** The deployed `main`: nothing but the functions. */
import { loadFunctions } from './load.ts';

loadFunctions(module);
