// SPDX-License-Identifier: MIT
//
// writers: each way to write that weld has, to a closed peer.
#include "embedded.h"

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/io/buf_writer.hpp>
#include <weld/io/copy.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/pipe.hpp>
#include <weld/io/stdio.hpp>
#include <weld/net.hpp>
#include <weld/thread.hpp>

#include <array>
#include <chrono>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace io = weld::io;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view text = "nobody reads this\n";

std::span<const std::byte> bytes() { return std::as_bytes(std::span(text)); }

// One write, flushed so that it is sent.

struct Write {
    template <class W>
    auto operator()(const W& writer) const {
        return writer.write(bytes());
    }
};

struct WriteVectored {
    template <class W>
    auto operator()(const W& writer) const {
        const std::array slices{weld::sys::IoSlice(bytes()), weld::sys::IoSlice(bytes())};
        return writer.write_vectored(slices);
    }
};

struct WriteAll {
    template <class W>
    auto operator()(const W& writer) const {
        return weld::write_all(writer, text);
    }
};

struct WriteAllVectored {
    template <class W>
    auto operator()(const W& writer) const {
        const std::array slices{weld::sys::IoSlice(bytes()), weld::sys::IoSlice(bytes())};
        return weld::write_all_vectored(writer, slices);
    }
};

/// Flushes, and again in the destructor.
struct BufferedFlush {
    template <class W>
    weld::Result<void> operator()(const W& writer) const {
        io::BufWriter<const W&> buffered(writer);
        const auto written = buffered.write(bytes());
        return written ? buffered.flush() : std::unexpected(written.error());
    }
};

struct BufferedClose {
    template <class W>
    weld::Result<void> operator()(const W& writer) const {
        io::BufWriter<const W&> buffered(writer);
        const auto written = buffered.write(bytes());
        return written ? std::move(buffered).close() : std::unexpected(written.error());
    }
};

struct Line {
    template <class W>
    auto operator()(const W& writer) const {
        return io::LineWriter<const W&>(writer).write(bytes());
    }
};

struct Copy {
    template <class W>
    auto operator()(const W& writer) const {
        return io::copy(io::Cursor<std::string_view>(text), writer);
    }
};

struct CopyFile {
    template <class W>
    std::expected<std::uint64_t, weld::Transfer> operator()(const W& writer) const {
        const auto file = weld::fs::File::open("/proc/self/status");
        return file ? io::copy(*file, writer) : std::unexpected(weld::Transfer{0, file.error()});
    }
};

/// Like `Write`, from libc's buffer.
struct WriteFlush {
    weld::Result<void> operator()(const io::Stdout& writer) const {
        const auto written = writer.write(bytes());
        return written ? writer.flush() : std::unexpected(written.error());
    }
};

struct LockedFlush {
    weld::Result<void> operator()(const io::Stdout& writer) const {
        auto locked = writer.lock();
        const auto written = locked.write(bytes());
        return written ? locked.flush() : std::unexpected(written.error());
    }
};

/// More bytes than libc's buffer holds, so libc writes them without a flush.
struct WriteMuch {
    auto operator()(const io::Stdout& writer) const {
        static constexpr std::array<std::byte, 100'000> much{};
        return writer.write(much);
    }
};

/// Writes to `writer` until that fails; returns whether it fails with the right error. The system may learn only after
/// a first write that the peer has closed, and may report a reset before it reports a broken pipe.
template <class How, class W>
int breaks(const W& writer) {
    for (int tries = 0; tries < 10'000; ++tries) {
        if (const auto done = How()(writer); !done) {
            const weld::Kind kind = done.error().kind();
            if (kind != weld::Kind::ConnectionReset) {
                return kind == weld::Kind::BrokenPipe ? 0 : 1;
            }
        }
        weld::thread::yield_now();
    }
    return 2;
}

template <class W, class How>
int run(int descriptor) {
    if constexpr (std::is_default_constructible_v<W>) {
        return breaks<How>(W());
    } else {
        return breaks<How>(W::from_handle(weld::sys::OwnedHandle(descriptor)));
    }
}

using Socket = weld::net::TcpStream;

constexpr struct {
    const char* name;
    int (*write)(int descriptor);
} writers[] = {
    {"socket TcpStream::write", run<Socket, Write>},
    {"socket write_all", run<Socket, WriteAll>},
    {"socket write_all_vectored", run<Socket, WriteAllVectored>},
    {"socket BufWriter::flush", run<Socket, BufferedFlush>},
    {"socket BufWriter::close", run<Socket, BufferedClose>},
    {"socket LineWriter::write", run<Socket, Line>},
    {"socket copy", run<Socket, Copy>},
    {"socket copy of a file", run<Socket, CopyFile>},
    {"pipe PipeWriter::write", run<io::PipeWriter, Write>},
    {"pipe PipeWriter::write_vectored", run<io::PipeWriter, WriteVectored>},
    {"pipe write_all", run<io::PipeWriter, WriteAll>},
    {"pipe write_all_vectored", run<io::PipeWriter, WriteAllVectored>},
    {"pipe BufWriter::flush", run<io::PipeWriter, BufferedFlush>},
    {"pipe BufWriter::close", run<io::PipeWriter, BufferedClose>},
    {"pipe LineWriter::write", run<io::PipeWriter, Line>},
    {"pipe copy", run<io::PipeWriter, Copy>},
    {"pipe copy of a file", run<io::PipeWriter, CopyFile>},
    {"stdout Stdout::write, flush", run<io::Stdout, WriteFlush>},
    {"stdout Stdout::write of much", run<io::Stdout, WriteMuch>},
    {"stdout StdoutLock::write, flush", run<io::Stdout, LockedFlush>},
    {"stdout StdoutRaw::write", run<io::StdoutRaw, Write>},
    {"stdout BufWriter over StdoutRaw", run<io::StdoutRaw, BufferedFlush>},
    {"stdout copy to StdoutRaw", run<io::StdoutRaw, Copy>},
    {"stderr Stderr::write", run<io::Stderr, Write>},
    {"stderr write_all", run<io::Stderr, WriteAll>},
};

}  // namespace

const char* embedded_writer(unsigned number) noexcept {
    return number < std::size(writers) ? writers[number].name : nullptr;
}

int embedded_write(unsigned number, int descriptor) noexcept {
    try {
        return writers[number].write(descriptor);
    } catch (...) {
        return -1;
    }
}
