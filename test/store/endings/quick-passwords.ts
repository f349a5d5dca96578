import { registerHooks } from 'node:module';

/**
 * Imported before anything that hashes passwords: argon2id itself, at its least cost. Hundreds are hashed in a table, and how
 * much each costs is not what is tested there.
 */
const SHIM = `
import { createRequire } from 'node:module';
const argon2 = createRequire(${JSON.stringify(import.meta.url)})('@node-rs/argon2');
export const hash = (password, options) => argon2.hash(password, { ...options, memoryCost: 8, timeCost: 1 });
export const verify = argon2.verify;
`;

const address = `data:text/javascript,${encodeURIComponent(SHIM)}`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@node-rs/argon2' && context.parentURL?.endsWith('/src/accounts/password.ts') === true
      ? { url: address, format: 'module', shortCircuit: true }
      : next(specifier, context),
});
