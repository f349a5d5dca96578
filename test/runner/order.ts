/** File descriptor on which a process tells the runner what happens in a file. */
export const EVENTS = 3;
/** File descriptor by which it is given files, a line each; it writes a line when one is over and another may follow. */
export const ORDERS = 4;

/** Set for it: its files are ended by the runner, not by themselves. */
export const IN_PLACE = 'SALLYPORT_TEST_PLACE';

export interface Order {
  readonly file: string;
  /** Where the file writes whatever it writes. */
  readonly folder: string;
  /** No other file follows it in its process. */
  readonly last: boolean;
}
