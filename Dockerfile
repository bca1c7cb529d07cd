# The exporter as an image: docker build -t localhost/heapwatch:0.1.0 .
# Pin the base by its digest where builds have to be repeatable: --build-arg NODE_DIGEST=@sha256:...
# Tests run these steps one by one, without an engine (test/docker); an engine itself has not built it yet.
ARG NODE_IMAGE=node:20-bookworm-slim
ARG NODE_DIGEST=

FROM ${NODE_IMAGE}${NODE_DIGEST} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json rolldown.config.ts ./
COPY src ./src
RUN npm run build
# What generates dashboards and tables is for developers: npm packs leave it out too.
RUN npm prune --omit=dev && rm -rf dist/generate.* dist/dashboards

FROM ${NODE_IMAGE}${NODE_DIGEST}
WORKDIR /app
ENV NODE_ENV=production
COPY package.json LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# A sidecar takes its application's user, a node agent user 0: both are said where it is run.
USER 65534:65534
EXPOSE 10148
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["serve"]
