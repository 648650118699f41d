// SPDX-License-Identifier: MIT
//
// File locks: shared and exclusive, waiting and not, across handles and duplicates.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/thread.hpp>

#include <atomic>
#include <chrono>
#include <optional>

using namespace std::chrono_literals;
using test::must;
using weld::fs::File;

namespace {

struct Scratch {
    test::TempDir dir;
    File first = must(File::create(dir / "file"));
    File second = must(File::open(dir / "file"));
};

}  // namespace

TEST_CASE("handles share a lock, and no handle gets it exclusively meanwhile",
          "[promise:2.13][rust:file_lock_multiple_shared]") {
    const Scratch scratch;
    must(scratch.first.lock_shared());
    must(scratch.second.lock_shared());
    CHECK_FALSE(must(scratch.first.try_lock()));
    must(scratch.first.unlock());
    must(scratch.second.unlock());
    CHECK(must(scratch.first.try_lock_shared()));
    CHECK(must(scratch.second.try_lock_shared()));
}

TEST_CASE("an exclusive lock excludes all other handles, also of the same process",
          "[promise:2.13][rust:file_lock_blocking]") {
    const Scratch scratch;
    must(scratch.first.lock());
    CHECK_FALSE(must(scratch.second.try_lock()));
    CHECK_FALSE(must(scratch.second.try_lock_shared()));
    must(scratch.first.unlock());
    must(scratch.second.lock_shared());
    CHECK_FALSE(must(scratch.first.try_lock()));
    CHECK(must(scratch.first.try_lock_shared()));
}

TEST_CASE("closing a handle unlocks", "[promise:2.13][rust:file_lock_drop]") {
    Scratch scratch;
    must(scratch.first.lock_shared());
    CHECK_FALSE(must(scratch.second.try_lock()));
    must(std::move(scratch.first).close());
    CHECK(must(scratch.second.try_lock()));
}

TEST_CASE("duplicates share one lock, and closing the last of them unlocks it", "[promise:2.13][rust:file_lock_dup]") {
    const Scratch scratch;
    std::optional<File> clone = must(scratch.first.try_clone());
    must(clone->lock());
    CHECK(must(scratch.first.try_lock()));
    {
        const File another = must(scratch.first.try_clone());
    }
    CHECK_FALSE(must(scratch.second.try_lock()));
    must(scratch.first.unlock());
    CHECK(must(scratch.second.try_lock()));
}

TEST_CASE("unlock of a file that is not locked is no error", "[rust:file_lock_double_unlock]") {
    const Scratch scratch;
    must(scratch.first.lock());
    must(scratch.first.unlock());
    must(scratch.first.unlock());
    CHECK(must(scratch.second.try_lock()));
}

TEST_CASE("closing another handle of the file keeps the lock", "[promise:2.13]") {
    const Scratch scratch;
    must(scratch.first.lock());
    must(File::open(scratch.dir / "file"));
    CHECK_FALSE(must(scratch.second.try_lock()));
}

TEST_CASE("lock waits until the lock is free", "[promise:2.13]") {
    const Scratch scratch;
    must(scratch.first.lock());
    std::atomic<bool> free = false;
    auto waiter = must(weld::thread::spawn([&] {
        const bool locked = scratch.second.lock().has_value();
        return locked && free.load();
    }));
    free = true;
    must(scratch.first.unlock());
    CHECK(std::move(waiter).join());
}

TEST_CASE("lock_until waits until its deadline, and tries once when that has passed") {
    const Scratch scratch;
    must(scratch.first.lock());
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(must(scratch.second.lock_until(begin + 30ms)));
    CHECK(std::chrono::steady_clock::now() - begin >= 30ms);
    CHECK_FALSE(must(scratch.second.lock_shared_until(begin)));
    must(scratch.first.unlock());
    CHECK(must(scratch.second.lock_until(begin)));
    CHECK_FALSE(must(scratch.first.lock_shared_until(begin)));
    must(scratch.second.unlock());
    CHECK(must(scratch.first.lock_shared_until(weld::time::Instant::max())));
}
