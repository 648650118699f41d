// SPDX-License-Identifier: MIT
//
// print, eprint: where and in which order text arrives, and how a failure is reported.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/print.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <cstdio>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using test::must;
using weld::Kind;

namespace {

/// Makes `fd` refer to the file `path` from now on.
bool redirect(int fd, const std::string& path) {
    const int opened = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return opened >= 0 && ::dup2(opened, fd) == fd;
}

bool is(const weld::Result<void>& result, Kind kind) { return !result && result.error() == kind; }

}  // namespace

TEST_CASE("print writes to standard output, in order with printf") {
    const test::TempDir dir;
    const auto end = test::in_child([&] {
        const bool good = redirect(STDOUT_FILENO, dir / "out") && weld::print("one ") && std::printf("two ") == 4 &&
                          weld::print("three") && weld::print("") && weld::print(std::string_view("\n\0\xff", 3)) &&
                          std::fflush(stdout) == 0;
        return good ? 0 : 1;
    });
    CHECK(end.exited_with(0));
    CHECK(must(weld::fs::read_to_string(dir / "out")) == std::string("one two three\n\0\xff", 16));
}

TEST_CASE("text buffered by print is written when the process exits") {
    const test::TempDir dir;
    const auto end = test::in_child([&]() -> int {
        if (!redirect(STDOUT_FILENO, dir / "out") || !weld::print("until the end")) {
            return 1;
        }
        std::exit(0);
    });
    CHECK(end.exited_with(0));
    CHECK(must(weld::fs::read_to_string(dir / "out")) == "until the end");
}

TEST_CASE("eprint writes to standard error at once") {
    const auto end = test::in_child([] {
        const bool good = weld::eprint("what happened\n") && std::fputs("and then\n", stderr) >= 0 && weld::eprint("");
        return good ? 0 : 1;
    });
    CHECK(end.exited_with(0));
    CHECK(end.said == "what happened\nand then\n");
}

TEST_CASE("a text larger than any buffer arrives whole") {
    const test::TempDir dir;
    std::string text;
    for (int number = 0; text.size() < 1'000'000; ++number) {
        text += std::to_string(number) + "\n";
    }
    const auto end = test::in_child(
        [&] { return redirect(STDOUT_FILENO, dir / "out") && weld::print(text) && std::fflush(stdout) == 0 ? 0 : 1; });
    CHECK(end.exited_with(0));
    CHECK(must(weld::fs::read_to_string(dir / "out")) == text);
}

TEST_CASE("a text that cannot be written is an error") {
    const auto full = test::in_child([] {
        const auto written = redirect(STDERR_FILENO, "/dev/full") ? weld::eprint("text") : weld::Result<void>();
        return is(written, Kind::StorageFull) ? 0 : 1;
    });
    CHECK(full.exited_with(0));
    const auto closed = test::in_child([] {
        ::close(STDERR_FILENO);
        const auto written = weld::eprint("text");
        return !written && written.error() == std::errc::bad_file_descriptor ? 0 : 1;
    });
    CHECK(closed.exited_with(0));
    const auto buffered = test::in_child([] {
        const std::string text(1'000'000, 'x');
        const auto written = redirect(STDOUT_FILENO, "/dev/full") ? weld::print(text) : weld::Result<void>();
        return is(written, Kind::StorageFull) ? 0 : 1;
    });
    CHECK(buffered.exited_with(0));
}

TEST_CASE("flush writes the buffered text, or returns an error") {
    const test::TempDir dir;
    const auto good = test::in_child([&] {
        if (!redirect(STDOUT_FILENO, dir / "out") || !weld::print("text")) {
            return 1;
        }
        const auto before = weld::fs::read_to_string(dir / "out").value_or("?");
        const bool flushed = weld::flush().has_value();
        return before.empty() && flushed && weld::fs::read_to_string(dir / "out").value_or("?") == "text" ? 0 : 2;
    });
    CHECK(good.status == 0);
    const auto full = test::in_child([] {
        if (!redirect(STDOUT_FILENO, "/dev/full") || !weld::print("text")) {
            return 1;
        }
        const auto flushed = weld::flush();
        return is(flushed, Kind::StorageFull) && std::string_view(flushed.error().operation()) == "flush" ? 0 : 2;
    });
    CHECK(full.status == 0);
    CHECK(weld::flush().has_value());
}

TEST_CASE("an error names the call that failed") {
    const auto print = test::in_child([] {
        const std::string text(1'000'000, 'x');
        const auto written = redirect(STDOUT_FILENO, "/dev/full") ? weld::print(text) : weld::Result<void>();
        return !written && std::string_view(written.error().operation()) == "print" ? 0 : 1;
    });
    CHECK(print.exited_with(0));
    const auto eprint = test::in_child([] {
        ::close(STDERR_FILENO);
        const auto written = weld::eprint("text");
        return !written && std::string_view(written.error().operation()) == "eprint" ? 0 : 1;
    });
    CHECK(eprint.exited_with(0));
}

TEST_CASE("prints of several threads do not interleave") {
    constexpr int threads = 4;
    constexpr int lines = 500;
    for (const bool error : {false, true}) {
        const test::TempDir dir;
        const auto end = test::in_child([&] {
            if (!redirect(error ? STDERR_FILENO : STDOUT_FILENO, dir / "out")) {
                return 1;
            }
            std::vector<weld::thread::JoinHandle<bool>> writers;
            for (int writer = 0; writer < threads; ++writer) {
                writers.push_back(must(weld::thread::spawn([=] {
                    bool good = true;
                    for (int line = 0; line < lines; ++line) {
                        const std::string text = std::to_string(writer) + " " + std::to_string(line) + " " +
                                                 std::string(100, static_cast<char>('a' + writer)) + "\n";
                        good = good && (error ? weld::eprint(text) : weld::print(text)).has_value();
                    }
                    return good;
                })));
            }
            bool good = true;
            for (auto& writer : writers) {
                good = std::move(writer).join() && good;
            }
            return good && std::fflush(stdout) == 0 ? 0 : 2;
        });
        CHECK(end.exited_with(0));
        std::istringstream written(must(weld::fs::read_to_string(dir / "out")));
        std::set<std::string> seen;
        std::string line;
        bool whole = true;
        while (std::getline(written, line)) {
            whole = whole && line.size() > 100 &&
                    line.substr(line.size() - 100) == std::string(100, static_cast<char>('a' + (line[0] - '0')));
            whole = whole && seen.insert(line).second;
        }
        CHECK(whole);
        CHECK(seen.size() == threads * lines);
    }
}

TEST_CASE("print of an empty text with a null pointer prints nothing") {
    const auto end = test::in_child([] {
        must(weld::print({}));
        must(weld::eprint({}));
        return 0;
    });
    CHECK(end.exited_with(0));
    CHECK(end.said.empty());
}
