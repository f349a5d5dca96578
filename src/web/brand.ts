import type { PagesConfig } from '../config/types.ts';
import { type Asset, hashed, PAGES_CSS, STYLE } from './assets/assets.ts';

export interface Logo extends Asset {
  /** As shown, in CSS pixels: stated beforehand, so that nothing moves when it arrives. */
  readonly width: number;
  readonly height: number;
}

/** The operator's looks, ready to be served. */
export interface Brand {
  readonly name: string;
  readonly logo: Logo | null;
  readonly style: Asset;
}

/** Without an operator's own looks. */
export const SALLYPORT_BRAND: Brand = { name: 'Sallyport', logo: null, style: STYLE };

type Rgb = readonly [number, number, number];

function rgbOf(hex: string): Rgb {
  const channel = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);
  return [channel(1), channel(3), channel(5)];
}

function hexOf(rgb: Rgb): string {
  return `#${rgb.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;
}

/** WCAG 2.2, relative luminance. */
function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

/** WCAG 2.2, contrast ratio: 1 to 21. */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(rgbOf(one)), luminance(rgbOf(other))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const WHITE = '#ffffff';
const INK = '#0b1317';

/**
 * Custom properties for one accent: text on it in whichever of white and ink is read better, and under the pointer a
 * shade that moves away from that text, so that no contrast is lost.
 */
function shades(accent: string): string {
  const on = contrast(accent, WHITE) >= contrast(accent, INK) ? WHITE : INK;
  const towards = rgbOf(on === WHITE ? '#000000' : WHITE);
  const [r, g, b] = rgbOf(accent);
  const mix = (from: number, to: number): number => from + (to - from) * 0.22;
  const hover = hexOf([mix(r, towards[0]), mix(g, towards[1]), mix(b, towards[2])]);
  return `--accent:${accent};--accent-hover:${hover};--on-accent:${on};--mark:${accent};--on-mark:${on}`;
}

function styleOf({ accent, accentDark }: PagesConfig): Asset {
  if (accent === null && accentDark === null) return STYLE;
  // What is not set on dark ground falls back to ours there, not to the colour that is meant for light ground.
  const light = accent === null ? '' : `@media not (prefers-color-scheme:dark){:root{${shades(accent)}}}\n`;
  const dark = accentDark === null ? '' : `@media (prefers-color-scheme:dark){:root{${shades(accentDark)}}}\n`;
  return hashed('pages', 'css', Buffer.concat([PAGES_CSS, Buffer.from(light + dark)]));
}

/** Width over height: of a PNG from its first chunk (PNG §11.2.1), of an SVG from its viewBox; a square when unsure. */
function ratioOf(logo: NonNullable<PagesConfig['logo']>): number {
  if (logo.type === 'image/png') {
    return logo.body.length < 24 ? 1 : logo.body.readUInt32BE(16) / logo.body.readUInt32BE(20);
  }
  const box = /\bviewBox\s*=\s*["']\s*[-\d.e]+[\s,]+[-\d.e]+[\s,]+([\d.e]+)[\s,]+([\d.e]+)/i.exec(logo.body.toString());
  return box === null ? 1 : Number(box[1]) / Number(box[2]);
}

const LOGO_HEIGHT = 32;
const LOGO_WIDTH = 220;

function logoOf(logo: PagesConfig['logo']): Logo | null {
  if (logo === null) return null;
  const asset = hashed('logo', logo.type === 'image/png' ? 'png' : 'svg', logo.body);
  const ratio = ratioOf(logo);
  const sane = Number.isFinite(ratio) && ratio > 0.05 && ratio < 50 ? ratio : 1;
  const height = Math.min(LOGO_HEIGHT, Math.round(LOGO_WIDTH / sane));
  return { ...asset, width: Math.max(1, Math.round(height * sane)), height };
}

/** Builds the assets of a brand; the configuration has checked colours and image. */
export function brandOf(pages: PagesConfig): Brand {
  return {
    name: pages.name === '' ? SALLYPORT_BRAND.name : pages.name,
    logo: logoOf(pages.logo),
    style: styleOf(pages),
  };
}
