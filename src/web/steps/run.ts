/** The request has its answer, or its connection is somebody else's: nothing more is done with it. */
export const ANSWERED = Symbol('answered');

/** Nothing: the next step. */
export type Outcome = undefined | typeof ANSWERED;

/** One step of a pipeline. Throws or rejects to refuse. */
export type Act<X> = (exchange: X) => Outcome | Promise<Outcome>;

/** The steps of one kind of exchange, and what becomes of whoever is refused at one of them. */
export interface Pipeline<X> {
  readonly acts: readonly Act<X>[];
  readonly refused: (exchange: X, thrown: unknown) => void;
}

/**
 * Takes the steps in their order, at once while each knows its answer at once. Whoever has left meanwhile goes no further; an
 * error at any step refuses.
 */
export function walk<X extends { readonly gone: boolean }>(pipeline: Pipeline<X>, exchange: X, from = 0): void {
  try {
    for (let at = from; at < pipeline.acts.length; at += 1) {
      const outcome = pipeline.acts[at]?.(exchange);
      if (outcome === undefined) continue;
      if (outcome !== ANSWERED) later(pipeline, exchange, at + 1, outcome);
      return;
    }
  } catch (error) {
    pipeline.refused(exchange, error);
  }
}

function later<X extends { readonly gone: boolean }>(
  pipeline: Pipeline<X>,
  exchange: X,
  at: number,
  waited: Promise<Outcome>,
): void {
  waited.then(
    (outcome) => {
      if (outcome === undefined && !exchange.gone) walk(pipeline, exchange, at);
    },
    (error: unknown) => pipeline.refused(exchange, error),
  );
}
