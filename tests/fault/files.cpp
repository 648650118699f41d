// SPDX-License-Identifier: MIT
//
// Files, pipes and trees over calls that fail: what is retried, which fallback is used, what is cached, and that
// nothing is lost.
#include "fault.hpp"
#include "operations.hpp"

#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/io/buf_writer.hpp>
#include <weld/io/copy.hpp>
#include <weld/io/pipe.hpp>

#include <array>
#include <cerrno>
#include <functional>
#include <string>
#include <vector>

namespace fs = weld::fs;
namespace io = weld::io;
using fault::always;
using fault::Faults;
using fault::plain;
using fault::Plan;
using test::bytes;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

std::size_t names_in(const std::string& path) {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : must(fs::read_dir(path))) {
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("an interrupted call is retried, once for each interruption", "[promise:2.18]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "0123456789"));
    const fs::File file = must(fs::File::open(dir / "file", {.read = true, .write = true}));
    std::array<std::byte, 4> buffer;
    const weld::sys::IoSliceMut target{std::span(buffer)};
    const weld::sys::IoSlice source{bytes("ab")};
    io::Pipe pipe = must(io::pipe());
    const std::vector<std::pair<std::string_view, std::function<weld::Result<void>()>>> calls = {
        {"read", [&] { return plain(file.read(buffer)); }},
        {"write", [&] { return plain(file.write(bytes("ab"))); }},
        {"pread", [&] { return plain(file.read_at(buffer, 0)); }},
        {"pwrite", [&] { return plain(file.write_at(bytes("ab"), 0)); }},
        {"readv", [&] { return plain(file.read_vectored({&target, 1})); }},
        {"writev", [&] { return plain(file.write_vectored({&source, 1})); }},
        {"preadv", [&] { return plain(file.read_vectored_at({&target, 1}, 0)); }},
        {"pwritev", [&] { return plain(file.write_vectored_at({&source, 1}, 0)); }},
        {"openat", [&] { return plain(fs::File::open(dir / "file")); }},
        {"fsync", [&] { return file.sync_all(); }},
        {"fdatasync", [&] { return file.sync_data(); }},
        {"ftruncate", [&] { return file.set_len(10); }},
        {"flock", [&] { return file.lock(); }},
        {"fallocate", [&] { return file.allocate(0, 4); }},
        {"fchmod", [&] { return file.set_permissions(fs::Permissions(0600)); }},
        {"futimens", [&] { return file.set_modified(weld::time::SystemTime()); }},
        {"pwritev2", [&] { return plain(pipe.writer.write(bytes("x"))); }},
        {"getrandom", [&] { return plain(fs::TempDir::create(dir.path())); }},
        {"getdents64",
         [&]() -> weld::Result<void> {
             for (const auto& entry : must(fs::read_dir(dir.path()))) {
                 must(entry);
             }
             return {};
         }},
        {"copy_file_range", [&] { return plain(fs::copy(dir / "file", dir / "copy")); }},
    };
    for (const auto& [call, operation] : calls) {
        INFO(call);
        std::size_t before = 0;
        {
            const Faults faults;
            must(operation());
            before = faults.calls(call);
        }
        const Faults faults({{.call = call, .error = EINTR, .times = 3}});
        must(operation());
        CHECK(faults.calls(call) == before + 3);
    }
}

TEST_CASE("a failed close is reported once and never retried", "[promise:2.14]") {
    const test::TempDir dir;
    for (const int error : {EIO, EINTR, ENOSPC}) {
        fs::File file = must(fs::File::create(dir / "file"));
        const std::size_t open = test::open_descriptors();
        const Faults faults({{.call = "close", .error = error}});
        CHECK_FALSE(std::move(file).close());
        CHECK(faults.calls("close") == 1);
        CHECK(test::open_descriptors() == open - 1);
    }
    // A destructor reports nothing, and does not retry either.
    for (const int error : {EIO, EINTR}) {
        const std::size_t open = test::open_descriptors();
        const Faults faults({{.call = "close", .error = error}});
        {
            const fs::File file = must(fs::File::create(dir / "file"));
        }
        CHECK(faults.calls("close") == 1);
        CHECK(test::open_descriptors() == open);
    }
    for (const int error : {EIO, EINTR}) {
        io::BufWriter writer(must(fs::File::create(dir / "file")));
        must(writer.write(bytes("text")));
        const Faults faults({{.call = "close", .error = error}});
        CHECK_FALSE(std::move(writer).close());
        CHECK(faults.calls("close") == 1);
        CHECK(faults.calls("write") == 1);
    }
    const Faults faults({{.call = "close", .error = EIO}});
    CHECK(kind_of(fs::write(dir / "file", "text")) == Kind::Other);
}

TEST_CASE("short counts lose nothing", "[promise:2.18]") {
    const test::TempDir dir;
    const std::string text = "neither too much nor too little";
    {
        const Faults faults({{.call = "write", .times = always, .at_most = 3}});
        must(fs::write(dir / "file", text));
        CHECK(faults.calls("write") == (text.size() + 2) / 3);
    }
    {
        const Faults faults({{.call = "read", .times = always, .at_most = 1}});
        CHECK(must(fs::read_to_string(dir / "file")) == text);
    }
    {
        const Faults faults({{.call = "copy_file_range", .times = always, .at_most = 7}});
        CHECK(must(fs::copy(dir / "file", dir / "copy")) == text.size());
        CHECK(faults.calls("copy_file_range") == (text.size() + 6) / 7 + 1);
    }
    CHECK(must(fs::read_to_string(dir / "copy")) == text);
}

TEST_CASE("copy falls back to read and write when copy_file_range is refused, by any error", "[promise:2.26]") {
    const test::TempDir dir;
    const std::string text(100'000, 'x');
    must(fs::write(dir / "file", text));
    for (const int error : {ENOSYS, EPERM, EXDEV, EINVAL, EOPNOTSUPP, EBADF, EOVERFLOW, ETXTBSY, EIO, ENOSPC, ENOMEM}) {
        INFO(error);
        const Faults faults(
            {{.call = "copy_file_range", .error = error}, {.call = "write", .times = always, .at_most = 999}});
        CHECK(must(fs::copy(dir / "file", dir / "copy")) == text.size());
        CHECK(must(fs::read_to_string(dir / "copy")) == text);
        CHECK(faults.calls("copy_file_range") == 1);
        // Nothing is cached: the next copy tries copy_file_range again.
        must(fs::copy(dir / "file", dir / "copy"));
        CHECK(faults.calls("copy_file_range") > 1);
    }
    // In the middle too: copied bytes are not copied again, and read and write report the failure, if there is one.
    for (const int error : {EIO, EXDEV}) {
        const Faults faults({{.call = "copy_file_range", .times = 1, .at_most = 10},
                             {.call = "copy_file_range", .error = error, .first = 2}});
        must(io::copy(must(fs::File::open(dir / "file")), must(fs::File::create(dir / "copy"))));
        CHECK(must(fs::read_to_string(dir / "copy")) == text);
    }
    for (const std::string_view call : {"read", "write"}) {
        const Faults faults({{.call = "copy_file_range", .error = EIO}, {.call = call, .error = EIO}});
        CHECK(fs::copy(dir / "file", dir / "copy").error() == std::errc::io_error);
    }
}

TEST_CASE("copy checks by a read an end that the kernel reports too early") {
    const test::TempDir dir;
    const std::string text(10'000, 'x');
    must(fs::write(dir / "file", text));
    const std::vector<Plan> plans = {{.call = "copy_file_range", .times = 1, .at_most = 10},
                                     {.call = "copy_file_range", .first = 2, .times = always, .at_most = 0}};
    {
        const Faults faults(plans);
        CHECK(must(fs::copy(dir / "file", dir / "copy")) == text.size());
        CHECK(must(fs::read_to_string(dir / "copy")) == text);
    }
    const Faults faults(plans);
    CHECK(must(io::copy(must(fs::File::open(dir / "file")), must(fs::File::create(dir / "copy")))) == text.size());
    CHECK(must(fs::read_to_string(dir / "copy")) == text);
}

TEST_CASE("metadata falls back to fstatat where statx is refused, caches nothing, and reports other errors",
          "[promise:2.27]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "abc"));
    for (const int error : {ENOSYS, EPERM}) {
        const Faults faults({{.call = "statx", .error = error, .times = 2}});
        CHECK(must(fs::metadata(dir / "file")).len() == 3);
        CHECK(must(fs::symlink_metadata(dir / "file")).len() == 3);
        CHECK(must(fs::metadata(dir / "file")).len() == 3);
        CHECK(faults.calls("statx") == 3);
    }
    for (const int error : {ENOMEM, EACCES, EIO}) {
        const Faults faults({{.call = "statx", .error = error}});
        CHECK_FALSE(fs::metadata(dir / "file"));
        CHECK(must(fs::metadata(dir / "file")).created());
    }
}

TEST_CASE("a failed probe for RWF_NOSIGNAL caches nothing, and the next write probes again", "[promise:2.27]") {
    for (const int error : {EMFILE, ENFILE, ENOMEM}) {
        const auto end = test::in_child([&] {
            io::Pipe pipe = must(io::pipe());
            const Faults faults({{.call = "pwritev2", .error = ENOSYS}, {.call = "pipe2", .error = error}});
            if (pipe.writer.write(bytes("ab")).value_or(0) != 2 || faults.calls("writev") != 1) {
                return 1;
            }
            const std::size_t before = faults.calls("pwritev2");
            return pipe.writer.write(bytes("cd")).value_or(0) == 2 && faults.calls("pwritev2") > before ? 0 : 2;
        });
        CHECK(end.exited_with(0));
    }
}

TEST_CASE("unnamed_file falls back to a named file that it removes at once") {
    const test::TempDir dir;
    for (const int error : {EOPNOTSUPP, EISDIR}) {
        const Faults faults({{.call = "openat", .error = error}});
        const fs::File file = must(fs::unnamed_file(dir.path()));
        must(weld::write_all(file, bytes("text")));
        CHECK(faults.calls("openat") > 1);
        CHECK(names_in(dir.path()) == 0);
    }
    const Faults faults({{.call = "openat", .error = ENOSPC}});
    CHECK(kind_of(fs::unnamed_file(dir.path())) == Kind::StorageFull);
    CHECK(faults.calls("openat") == 1);
}

TEST_CASE("a write to a pipe without a reader raises no SIGPIPE on a kernel without RWF_NOSIGNAL", "[promise:2.21]") {
    for (const int error : {EOPNOTSUPP, ENOSYS}) {
        const auto end = test::in_child([&] {
            ::signal(SIGPIPE, SIG_DFL);
            io::Pipe pipe = must(io::pipe());
            const Faults faults({{.call = "pwritev2", .error = error, .times = always}});
            if (pipe.writer.write(bytes("ab")).value_or(0) != 2 || faults.calls("writev") != 1) {
                return 1;
            }
            must(std::move(pipe.reader).close());
            if (kind_of(pipe.writer.write(bytes("x"))) != Kind::BrokenPipe || faults.calls("pwritev2") != 2) {
                return 2;  // the call and a probe have shown it, and it probes no more
            }
            sigset_t blocked;
            sigset_t pending;
            ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
            ::sigpending(&pending);
            return ::sigismember(&blocked, SIGPIPE) == 0 && ::sigismember(&pending, SIGPIPE) == 0 ? 0 : 3;
        });
        CHECK(end.exited_with(0));
    }
}

TEST_CASE("whatever call of an operation fails, no descriptor leaks and no existing data is lost") {
    const test::TempDir dir;
    for (const fault::Operation& one : fault::operations(dir.path())) {
        INFO(one.name);
        fault::prepare_operation(dir.path());
        std::map<std::string, std::size_t, std::less<>> made;
        {
            const Faults faults;
            must(one.run());
            made = faults.calls();
        }
        CHECK(made.empty() == (one.name == "nothing"));
        for (const auto& [call, count] : made) {
            for (std::size_t number = 1; number <= count; ++number) {
                for (const int error : {EIO, EMFILE, ENOMEM, ENOSPC}) {
                    INFO(call << " " << number << " " << error);
                    fault::prepare_operation(dir.path());
                    const std::size_t open = test::open_descriptors();
                    weld::Result<void> result;
                    {
                        const Faults faults({{.call = call, .error = error, .first = number}});
                        result = one.run();
                    }
                    CHECK(test::open_descriptors() == open);
                    CHECK(one.is_whole());
                    // A failed close of a file that was only read is no error. Other calls have a fallback: read and
                    // write, one open directory fewer, removing an empty directory without reading it.
                    const bool is_opened = call == "openat" && (error == EMFILE || one.name == "TempDir");
                    const bool is_tried_again = call == "statx" && error == EMFILE;
                    CHECK((!result || call == "close" || call == "copy_file_range" || is_opened || is_tried_again));
                }
            }
        }
    }
}
