// SPDX-License-Identifier: MIT
//
// A child gets no descriptor that it was not given, however many threads open and close descriptors meanwhile.
#include <support/child.hpp>
#include <support/soak.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io/pipe.hpp>
#include <weld/os/unix/process.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <string>

namespace fs = weld::fs;
namespace os = weld::os;
using test::child;
using test::must;

TEST_CASE("no child gets a descriptor that eight threads open and close", "[soak][promise:2.1]") {
    const test::TempDir dir(test::memory_directory());
    must(fs::write(dir / "file", "text"));
    const weld::process::Command plain = child("fds");
    weld::process::Command mapped = child("fds");
    os::map_fd(mapped, must(fs::File::open(dir / "file")), 60);
    weld::process::Command forked = child("fds");
    os::pre_exec(forked, [](void*) -> weld::sys::Result<void> { return {}; }, nullptr);
    const std::set<std::string> alone = {must(plain.output()).out, must(mapped.output()).out};
    REQUIRE(alone.size() == 2);

    std::atomic<bool> stop = false;
    std::atomic<int> opened = 0;
    std::set<std::string> said;
    int spawned = 0;
    weld::thread::scope([&](auto& scope) {
        for (int i = 0; i < 8; ++i) {
            must(scope.spawn([&] {
                while (!stop) {
                    const auto file = fs::File::open(dir / "file");
                    const auto pipe = weld::io::pipe();
                    const auto clone = file ? file->try_clone() : fs::File::open(dir.path());
                    const auto entries = fs::read_dir(dir.path());
                    opened += clone && pipe && entries ? 1 : 0;
                    weld::thread::yield_now();  // or the children would hardly run
                }
            }));
        }
        const auto end = std::chrono::steady_clock::now() + test::soak_time();
        const int rounds = test::is_slow ? 20 : 500;
        const int most = test::attack_rounds(rounds);
        for (; spawned < rounds || (spawned < most && std::chrono::steady_clock::now() < end); ++spawned) {
            const auto& command = spawned % 16 == 0 ? forked : spawned % 2 == 0 ? mapped : plain;
            said.insert(must(command.output()).out);
        }
        stop = true;
    });
    CHECK(opened > 0);
    CHECK(said == alone);
    if (test::soak_time() > std::chrono::seconds(0)) {
        WARN(spawned << " children");
    }
}
