# Builds Kadogo and puts the program alone into a small image that runs as an ordinary user.
#   docker build -t kadogo .
#   docker run --rm kadogo secret                       # for KADOGO_SECRET and KADOGO_CALLBACK_TOKEN in kadogo.env
#   docker run --name kadogo -p 127.0.0.1:8080:8080 -v kadogo:/data --env-file kadogo.env kadogo
#   docker exec -it kadogo kadogo staff sign-in NAME    # any other command too; `src/docs/operating.md` has more
# Only this machine reaches it so: what ends TLS stands in front, and lets in nothing but /gateways/. To try it:
#   docker run --rm -p 127.0.0.1:8080:8080 kadogo demo
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
# dependencies first: they change rarely, and are then taken from the cache
COPY Cargo.toml Cargo.lock ./
# how the bundled SQLite is built
COPY .cargo .cargo
RUN mkdir src && echo 'fn main() {}' > src/main.rs && touch src/lib.rs \
    && cargo build --release --locked && rm -r src
COPY src src
COPY migrations migrations
COPY menus menus
RUN touch src/main.rs src/lib.rs && cargo build --release --locked && strip target/release/kadogo

FROM debian:bookworm-slim
# the certificates of the gateways' servers
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 kadogo \
    && useradd --system --uid 10001 --gid 10001 --home-dir /data --create-home kadogo
COPY --from=build /src/target/release/kadogo /usr/local/bin/kadogo
COPY menus /usr/share/kadogo/menus
# by number: whoever runs it may want to know that it is not root, without reading names
USER 10001:10001
WORKDIR /data
VOLUME /data
ENV KADOGO_LISTEN=0.0.0.0:8080 \
    KADOGO_DATABASE_URL=sqlite:///data/kadogo.db \
    KADOGO_MENUS=/usr/share/kadogo/menus \
    KADOGO_LOG_FORMAT=json
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=6s --start-period=10s --retries=3 CMD ["kadogo", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["kadogo"]
CMD ["serve"]
