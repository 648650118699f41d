// SPDX-License-Identifier: MIT
//
// No space: a full file system, and a limit on the file size. Bytes that were written stay, an error reports the
// others, and buffered ones can be written later.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/io/buf_writer.hpp>
#include <weld/io/copy.hpp>

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <csignal>
#include <string>

namespace fs = weld::fs;
namespace io = weld::io;
using test::bytes;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

/// Runs `body()` in a process that has a file system of 256 KiB at `path`; 77 where none can be mounted.
template <class Body>
test::ChildEnd on_little(const std::string& path, Body body) {
    return test::in_child([&] {
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("none", path.c_str(), "tmpfs", 0, "size=256k") != 0) {
            return 77;
        }
        return body();
    });
}

void check(const test::ChildEnd& end) {
    if (end.exited_with(77)) {
        WARN("no file system can be mounted here: skipped");
    } else {
        CHECK(end.status == 0);
    }
}

}  // namespace

TEST_CASE("writing to a full file system is StorageFull, and the bytes that fit are written") {
    const test::TempDir dir;
    const std::string much(1'000'000, 'x');
    check(on_little(dir.path(), [&] {
        const auto written = fs::write(dir / "file", much);
        if (written || written.error() != Kind::StorageFull) {
            return 1;
        }
        const std::string there = must(fs::read_to_string(dir / "file"));
        if (there.empty() || there != much.substr(0, there.size())) {
            return 2;
        }
        must(fs::remove_file(dir / "file"));
        must(fs::write(dir / "kept", "what was there"));
        const auto replaced = fs::write_atomic(dir / "kept", std::string_view(much));
        if (replaced || replaced.error() != Kind::StorageFull ||
            must(fs::read_to_string(dir / "kept")) != "what was there") {
            return 3;
        }
        std::size_t names = 0;
        for ([[maybe_unused]] const auto& entry : must(fs::read_dir(dir.path()))) {
            ++names;
        }
        if (names != 1) {
            return 4;
        }
        const auto allocated = must(fs::File::create(dir / "file")).allocate(0, 1'000'000);
        return !allocated && allocated.error() == Kind::StorageFull ? 0 : 5;
    }));
}

TEST_CASE("a BufWriter writes what it could not write before, in order, when there is room again") {
    const test::TempDir dir;
    check(on_little(dir.path(), [&] {
        must(fs::write(dir / "ballast", std::string(200'000, 'b')));
        io::BufWriter writer{must(fs::File::create(dir / "file")), 32'768};
        std::string all;
        bool failed = false;
        for (int i = 0; i < 2000; ++i) {
            const std::string line = std::to_string(i) + std::string(50, '.') + "\n";
            std::span<const std::byte> rest = bytes(line);
            while (!rest.empty()) {
                const auto count = writer.write(rest);
                if (!count) {
                    if (count.error() != Kind::StorageFull || failed) {
                        return 1;
                    }
                    failed = true;
                    must(fs::remove_file(dir / "ballast"));
                    continue;
                }
                rest = rest.subspan(*count);
            }
            all += line;
        }
        must(std::move(writer).close());
        return failed && must(fs::read_to_string(dir / "file")) == all ? 0 : 2;
    }));
}

TEST_CASE("a copy that does not fit is StorageFull and reports how many bytes did") {
    const test::TempDir dir;
    const test::TempDir outside;
    const std::string much(1'000'000, 'x');
    must(fs::write(outside / "file", much));
    check(on_little(dir.path(), [&] {
        const auto copied = fs::copy(outside / "file", dir / "file");
        if (copied || copied.error() != Kind::StorageFull) {
            return 1;
        }
        must(fs::remove_file(dir / "file"));
        const auto part = io::copy(must(fs::File::open(outside / "file")), must(fs::File::create(dir / "file")));
        if (part || part.error().kind() != Kind::StorageFull) {
            return 2;
        }
        const std::string there = must(fs::read_to_string(dir / "file"));
        return there.size() >= part.error().count && there == much.substr(0, there.size()) ? 0 : 3;
    }));
}

TEST_CASE("writing past the file size limit is FileTooLarge, and the bytes that fit are written") {
    const test::TempDir dir;
    const auto end = test::in_child([&] {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit little{.rlim_cur = 10'000, .rlim_max = 10'000};
        if (::setrlimit(RLIMIT_FSIZE, &little) != 0) {
            return 1;
        }
        const auto written = fs::write(dir / "file", std::string(100'000, 'x'));
        if (written || written.error() != Kind::FileTooLarge) {
            return 2;
        }
        if (must(fs::read_to_string(dir / "file")) != std::string(10'000, 'x')) {
            return 3;
        }
        return kind_of(must(fs::File::create(dir / "other")).set_len(20'000)) == Kind::FileTooLarge ? 0 : 4;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("every way to write to /dev/full is StorageFull") {
    const fs::File full = must(fs::File::open("/dev/full", {.write = true}));
    CHECK(kind_of(full.write(bytes("x"))) == Kind::StorageFull);
    CHECK(kind_of(fs::append("/dev/full", "x")) == Kind::StorageFull);
    io::BufWriter<const fs::File&> writer(full);
    must(writer.write(bytes("x")));
    CHECK(kind_of(writer.flush()) == Kind::StorageFull);
    CHECK(writer.buffer().size() == 1);
    io::LineWriter<const fs::File&> lines(full);
    CHECK(kind_of(lines.write(bytes("x\n"))) == Kind::StorageFull);
    CHECK(kind_of(std::move(writer).close()) == Kind::StorageFull);
}
