"""An HTTP server on this machine that answers as tests tell it to.

It promises: a path's replies are given one after the other, the last one again and again; `hits` counts
the requests by path. Replies are made by the functions here and get the handler of the request.
"""

import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class PictureServer:
    def __init__(self, host="127.0.0.1"):
        self._host = host

    def __enter__(self):
        self.replies, self.hits = {}, Counter()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = self.path.partition("?")[0]
                replies = server.replies.get(path, [status(404)])
                turn = min(server.hits[path], len(replies) - 1)
                server.hits[path] += 1
                self.close_connection = True
                replies[turn](self)

            def end_headers(self):
                # Said, not only done: a client would keep the connection for a redirect and find it closed.
                self.send_header("Connection", "close")
                super().end_headers()

            def log_message(self, *args):
                pass

        self._http = ThreadingHTTPServer((self._host, 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self._http.shutdown()
        self._http.server_close()

    def url(self, path, host=None):
        return f"http://{host or self._host}:{self._http.server_port}{path}"

    def add(self, path, *replies):
        self.replies[path] = replies
        return self.url(path)


def body(data, kind="image/png", announced=None, code=200, **headers):
    def reply(handler):
        handler.send_response(code)
        handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data) if announced is None else announced))
        handler.end_headers()
        handler.wfile.write(data)

    return reply


def chunks(*parts, code=200, **headers):
    def reply(handler):
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for part in parts:
            handler.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n")

    return reply


def status(code, **headers):
    def reply(handler):
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return reply


def slow(seconds):
    def reply(handler):
        time.sleep(seconds)
        status(200)(handler)

    return reply


def hang_up(handler):
    handler.connection.close()
