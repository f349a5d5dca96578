# The tag is pinned to the release; pin the digest as well where you build (docker buildx imagetools inspect).
FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install scripts: what runs needs none of them (its native parts come as prebuilt Node-API binaries).
RUN npm ci --omit=dev --ignore-scripts

FROM node:24.21.0-bookworm-slim
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY docs/deploy/health.mjs health.mjs
COPY config config
COPY src src
# In the container, commands are `sallyport …`.
RUN ln -s /app/src/sallyport.mjs /usr/local/bin/sallyport
# The only place that is written to; all else may be read-only (docker run --read-only --tmpfs /tmp).
RUN install -d -o node -g node -m 0700 /var/lib/sallyport
VOLUME /var/lib/sallyport
USER node
EXPOSE 8443
# Health answers a probe from the container itself whatever its Host; the port is that of `listen` in the configuration.
HEALTHCHECK --interval=15s --timeout=6s --start-period=20s CMD ["node", "/app/health.mjs", "8443"]
ENTRYPOINT ["node", "/app/src/sallyport.mjs"]
CMD ["serve", "--config", "/etc/sallyport/config.yml"]
