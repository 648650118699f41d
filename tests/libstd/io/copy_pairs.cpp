// SPDX-License-Identifier: MIT
//
// copy between all pairs of files, pipes, sockets and devices: the bytes are those that a loop would move.
#include <support/net.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/io/buf_reader.hpp>
#include <weld/io/copy.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/empty.hpp>
#include <weld/io/pipe.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace io = weld::io;
namespace fs = weld::fs;
using test::bytes;
using test::must;
using test::text;

namespace {

/// Bytes that fit into a pipe and into a socket.
const std::string& all() {
    static const std::string made = [] {
        std::string text;
        for (int i = 0; text.size() < 30'000; ++i) {
            text += std::to_string(i);
        }
        return text;
    }();
    return made;
}

struct FileSink {
    test::TempDir dir;
    fs::File file;

    explicit FileSink(bool appends) : file(opened(dir / "to", appends)) {}
    static fs::File opened(const std::string& path, bool appends) {
        must(fs::write(path, "12345"));
        fs::File file = must(fs::File::open(path, {.write = !appends, .append = appends}));
        must(file.seek(fs::SeekFrom::Start, 2));
        return file;
    }
    [[nodiscard]] const fs::File& writer() const { return file; }
    [[nodiscard]] std::string seen() const { return must(fs::read_to_string(dir / "to")); }
};

struct Over : FileSink {
    Over() : FileSink(false) {}
    static std::string expected(std::string_view moved) {
        const std::string old = "12345";
        return old.substr(0, 2) + std::string(moved) + (moved.size() < 3 ? old.substr(2 + moved.size()) : "");
    }
};

struct Append : FileSink {
    Append() : FileSink(true) {}
    static std::string expected(std::string_view moved) { return "12345" + std::string(moved); }
};

struct Piped {
    io::Pipe pipe = must(io::pipe());

    [[nodiscard]] const io::PipeWriter& writer() const { return pipe.writer; }
    [[nodiscard]] std::string seen() {
        must(std::move(pipe.writer).close());
        std::string text;
        must(weld::read_to_string(pipe.reader, text));
        return text;
    }
    static std::string expected(std::string_view moved) { return std::string(moved); }
};

struct Socket {
    test::Connection connection = test::Connection::make();

    [[nodiscard]] const weld::net::TcpStream& writer() const { return connection.client; }
    [[nodiscard]] std::string seen() const {
        must(connection.client.shutdown(weld::net::Shutdown::Write));
        std::string text;
        must(weld::read_to_string(connection.server, text));
        return text;
    }
    static std::string expected(std::string_view moved) { return std::string(moved); }
};

/// Copies `reader` to a new `Sink`, which must receive `moved`.
template <class Sink, class Reader>
void check(Reader&& reader, std::string_view moved) {
    Sink sink;
    CHECK(must(io::copy(reader, sink.writer())) == moved.size());
    CHECK(sink.seen() == Sink::expected(moved));
    Sink empty;
    CHECK(must(io::copy(reader, empty.writer())) == 0);  // there is no more
    CHECK(empty.seen() == Sink::expected(""));
}

template <class Sink>
void check_sources() {
    const test::TempDir dir;
    must(fs::write(dir / "from", all()));
    const auto open = [&] { return must(fs::File::open(dir / "from")); };
    const std::string_view text = all();

    const fs::File whole = open();
    check<Sink>(whole, text);
    CHECK(must(whole.seek(fs::SeekFrom::Current, 0)) == text.size());
    const fs::File part = open();
    must(part.seek(fs::SeekFrom::Start, 20'000));
    check<Sink>(part, text.substr(20'000));
    const fs::File behind = open();
    must(behind.seek(fs::SeekFrom::End, 10));
    check<Sink>(behind, "");
    const fs::File appending = must(fs::File::open(dir / "from", {.read = true, .append = true}));
    check<Sink>(appending, text);

    check<Sink>(io::Take(open(), 1234), text.substr(0, 1234));
    io::BufReader buffered(open(), 1000);
    CHECK(must(buffered.fill()).size() == 1000);
    buffered.consume(10);
    check<Sink>(buffered, text.substr(10));
    check<Sink>(io::Cursor(text), text);

    io::Pipe pipe = must(io::pipe());
    must(weld::write_all(pipe.writer, bytes(text)));
    must(std::move(pipe.writer).close());
    check<Sink>(pipe.reader, text);
    const test::Connection connection = test::Connection::make();
    must(weld::write_all(connection.client, bytes(text)));
    must(connection.client.shutdown(weld::net::Shutdown::Write));
    check<Sink>(connection.server, text);

    check<Sink>(must(fs::File::open("/proc/self/cmdline")), must(fs::read_to_string("/proc/self/cmdline")));
    check<Sink>(must(fs::File::open("/dev/null")), "");
    check<Sink>(io::Take(must(fs::File::open("/dev/zero")), 5000), std::string(5000, '\0'));
}

}  // namespace

TEST_CASE("bytes copied to a file arrive as they were read, at its position or at its end", "[promise:2.26]") {
    check_sources<Over>();
    check_sources<Append>();
}

TEST_CASE("bytes copied to a pipe or a socket arrive as they were read", "[promise:2.26]") {
    check_sources<Piped>();
    check_sources<Socket>();
}

TEST_CASE("bytes copied to a socket do not change with the source file", "[promise:2.26]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", all()));
    const fs::File file = must(fs::File::open(dir / "file", {.read = true, .write = true}));
    const Socket socket;
    CHECK(must(io::copy(file, socket.writer())) == all().size());
    must(file.write_at(bytes(std::string(all().size(), '!')), 0));
    CHECK(socket.seen() == all());
}
