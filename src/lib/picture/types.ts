export type PictureType = 'image/png' | 'image/jpeg' | 'image/webp';

/** A picture that was read whole and is written anew: nothing stands in it but what it looks like. */
export interface Picture {
  readonly type: PictureType;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly bytes: Buffer;
}

/** What one of a format is read to. */
export type ReadPicture = Omit<Picture, 'type'>;

/** Why it is no picture that is taken: unknown format, not whole, too many bytes, or too many pixels. */
export type PictureFault = 'unknown' | 'broken' | 'long' | 'large';

/** Whether so many pixels are taken; asked as soon as they are known, before any of them is unpacked. */
export type Fits = (width: number, height: number) => boolean;
