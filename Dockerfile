# The exporter as an image: docker build -t localhost/heapwatch:0.1.0 .   (BuildKit, podman and buildah alike)
# Where builds have to be repeatable pin both images: --build-arg NODE_DIGEST=@sha256:... --build-arg BASE_IMAGE=...@sha256:...
# A smaller base, of glibc and with Node.js 20.6 or newer in /nodejs/bin or on its PATH, is named by BASE_IMAGE too.
# Tests run these steps one by one, without an engine (test/docker); an engine itself has not built it yet.
ARG NODE_IMAGE=node:20-bookworm-slim
ARG NODE_DIGEST=
ARG BASE_IMAGE=${NODE_IMAGE}${NODE_DIGEST}

# What is built is the same for every architecture: it runs where it is fastest.
FROM --platform=${BUILDPLATFORM} ${NODE_IMAGE}${NODE_DIGEST} AS build
# Empty where the engine does not tell.
ARG TARGETARCH
RUN case "${TARGETARCH:-amd64}" in amd64) ;; *) echo "heapwatch reads x86-64 only, not ${TARGETARCH}" >&2; exit 1 ;; esac
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json rolldown.config.ts ./
COPY src ./src
RUN npm run build
# What generates dashboards and tables is for developers: npm packs leave it out too.
RUN npm prune --omit=dev && rm -rf dist/generate.* dist/dashboards

FROM ${BASE_IMAGE}
WORKDIR /app
ENV NODE_ENV=production PATH=/usr/local/bin:/usr/bin:/bin:/nodejs/bin
COPY package.json LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# A sidecar takes its application's user, a node agent user 0: both are said where it is run.
USER 65534:65534
EXPOSE 10148
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["serve"]
