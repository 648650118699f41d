// SPDX-License-Identifier: MIT
//
// raw_uv: the echo race on libuv's streams, from C: one loop, reading never stopped.
//
// An answer is written at once with uv_try_write; only the rest goes through a write request, and nothing more is read
// from that peer until the rest is sent (backpressure). Each connection has one buffer for reads and writes.

#include <uv.h>

#include "server.h"

struct connection {
    uv_tcp_t tcp;
    uv_write_t rest;
    char data[SERVER_BUFFER];
};

static void check(int status, const char* what) {
    if (status < 0) {
        fprintf(stderr, "%s: %s\n", what, uv_strerror(status));
        exit(1);
    }
}

static void on_close(uv_handle_t* handle) { free(handle->data); }

static void end(struct connection* connection) {
    if (!uv_is_closing((uv_handle_t*)&connection->tcp)) {
        uv_close((uv_handle_t*)&connection->tcp, on_close);
    }
}

static void on_alloc(uv_handle_t* handle, size_t suggested, uv_buf_t* buffer) {
    (void)suggested;
    struct connection* connection = handle->data;
    *buffer = uv_buf_init(connection->data, sizeof connection->data);
}

static void on_read(uv_stream_t* stream, ssize_t n, const uv_buf_t* buffer);

static void on_written(uv_write_t* request, int status) {
    struct connection* connection = request->data;
    if (status < 0) {
        end(connection);
    } else {
        check(uv_read_start((uv_stream_t*)&connection->tcp, on_alloc, on_read), "uv_read_start");
    }
}

static void on_read(uv_stream_t* stream, ssize_t n, const uv_buf_t* buffer) {
    struct connection* connection = stream->data;
    if (n < 0) {
        end(connection);
        return;
    }
    uv_buf_t answer = uv_buf_init(buffer->base, (unsigned)n);
    int written = n > 0 ? uv_try_write(stream, &answer, 1) : 0;
    if (written == n) {
        return;
    }
    if (written < 0 && written != UV_EAGAIN) {
        end(connection);
        return;
    }
    size_t taken = written > 0 ? (size_t)written : 0;
    answer = uv_buf_init(buffer->base + taken, (unsigned)((size_t)n - taken));
    connection->rest.data = connection;
    uv_read_stop(stream);
    check(uv_write(&connection->rest, stream, &answer, 1, on_written), "uv_write");
}

static void on_connection(uv_stream_t* listener, int status) {
    check(status, "accept");
    struct connection* connection = malloc(sizeof *connection);
    if (connection == NULL) {
        server_die("accept");
    }
    uv_stream_t* stream = (uv_stream_t*)&connection->tcp;
    check(uv_tcp_init(listener->loop, &connection->tcp), "uv_tcp_init");
    connection->tcp.data = connection;
    check(uv_accept(listener, stream), "uv_accept");
    check(uv_tcp_nodelay(&connection->tcp, 1), "uv_tcp_nodelay");
    check(uv_read_start(stream, on_alloc, on_read), "uv_read_start");
}

static void on_input(uv_poll_t* input, int status, int events) {
    (void)events;
    if (status < 0 || server_input_ended()) {
        uv_stop(input->loop);
    }
}

int main(int argc, char** argv) {
    if (argc != 1) {
        server_usage(argv[0], "");
    }
    server_begin();
    uv_loop_t* loop = uv_default_loop();
    uv_tcp_t listener;
    uv_poll_t input;
    struct sockaddr_in address;
    int len = sizeof address;
    check(uv_poll_init(loop, &input, STDIN_FILENO), "standard input");
    check(uv_poll_start(&input, UV_READABLE, on_input), "standard input");
    check(uv_tcp_init(loop, &listener), "uv_tcp_init");
    check(uv_ip4_addr("127.0.0.1", 0, &address), "uv_ip4_addr");
    check(uv_tcp_bind(&listener, (struct sockaddr*)&address, 0), "uv_tcp_bind");
    check(uv_listen((uv_stream_t*)&listener, SERVER_BACKLOG, on_connection), "uv_listen");
    check(uv_tcp_getsockname(&listener, (struct sockaddr*)&address, &len), "uv_tcp_getsockname");
    server_announce(ntohs(address.sin_port));
    uv_run(loop, UV_RUN_DEFAULT);
    return 0;
}
