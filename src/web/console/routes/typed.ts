import type { SallyportError } from '../../../errors.ts';
import type { Html } from '../../../lib/html.ts';
import { type Answer, showPage } from '../../reply.ts';
import { type Faults, faultOf } from '../fault.ts';
import type { Typed } from '../pages/parts/form.ts';
import type { ConsolePost } from './route.ts';

/** A text of a form, without the blanks around it; undefined where nothing was typed. */
export function textOf({ form }: Pick<ConsolePost, 'form'>, name: string): string | undefined {
  const text = form.get(name)?.trim();
  return text === undefined || text === '' ? undefined : text;
}

/** A form whose faults are told beside their fields, with what was typed: `show` makes its page. */
export function again(faults: Faults, show: (post: ConsolePost, typed: Typed) => Promise<Html>) {
  return async (post: ConsolePost, error: SallyportError): Promise<Answer | undefined> => {
    const fault = faultOf(error, faults);
    if (fault === undefined) return undefined;
    const status = error.code === 'usage' ? 400 : error.status;
    // Its address answers to forms alone: the language switch has nowhere to lead back to.
    const context = { ...post.context, frame: { ...post.context.frame, here: null } };
    const typed = { value: (name: string) => post.form.get(name), fault };
    return showPage(status, await show({ ...post, context }, typed));
  };
}
