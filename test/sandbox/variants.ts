/** Every way in which the product may be well: all steps pass. A new variant is a row in the file of its group. */
import { agentVariants } from './variants/agent.ts';
import { answerVariants } from './variants/answer.ts';
import { httpVariants } from './variants/http.ts';
import { socketVariants } from './variants/socket.ts';
import type { Variant } from './variants/row.ts';

export type { Variant } from './variants/row.ts';

export const variants: readonly Variant[] = [...httpVariants, ...socketVariants, ...agentVariants, ...answerVariants];
