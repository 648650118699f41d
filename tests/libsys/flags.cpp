// SPDX-License-Identifier: MIT
//
// The basic tools of libsys: flags, CStr, WELD_TRY.
#include <support/words.hpp>

#include <weld/sys/cstr.hpp>
#include <weld/sys/flags.hpp>
#include <weld/sys/posix/fs.hpp>
#include <weld/sys/try.hpp>

#include <memory>
#include <string>
#include <utility>

using weld::sys::AtFlags;
using weld::sys::CStr;
using weld::sys::Errno;
using weld::sys::OpenFlags;

namespace {

enum class Plain : unsigned { One = 1, Two = 2 };

template <class Enum>
concept HasOr = requires(Enum left, Enum right) { left | right; };

weld::sys::Result<std::unique_ptr<int>> make(bool succeed) {
    if (!succeed) {
        return std::unexpected(Errno::Nomem);
    }
    return std::make_unique<int>(6);
}

weld::sys::Result<void> done(bool succeed) {
    if (!succeed) {
        return std::unexpected(Errno::Io);
    }
    return {};
}

weld::sys::Result<int> multiply(bool first, bool second, int& reached) {
    const auto value = WELD_TRY(make(first));
    reached = 1;
    WELD_TRY(done(second));
    reached = 2;
    return *value * 7;
}

}  // namespace

TEST_CASE("operators and has work on flags") {
    constexpr OpenFlags flags = OpenFlags::ReadWrite | OpenFlags::Create | OpenFlags::CloseOnExec;
    static_assert(has(flags, OpenFlags::Create));
    CHECK(has(flags, OpenFlags::Create | OpenFlags::CloseOnExec));
    CHECK_FALSE(has(flags, OpenFlags::Create | OpenFlags::Exclusive));
    CHECK_FALSE(has(flags, OpenFlags::Truncate));
    CHECK((flags & OpenFlags::Create) == OpenFlags::Create);
    CHECK((flags & OpenFlags::Truncate) == OpenFlags::ReadOnly);

    AtFlags at = AtFlags::None;
    at |= AtFlags::EmptyPath;
    CHECK(has(at, AtFlags::EmptyPath));
    CHECK(std::to_underlying(at | AtFlags::SymlinkNoFollow) == 0x1100);
}

TEST_CASE("only enums with is_flags have the operators") {
    static_assert(HasOr<OpenFlags>);
    static_assert(!HasOr<Plain>);
    static_assert(!HasOr<Errno>);
    SUCCEED();
}

TEST_CASE("a CStr borrows its text, and view counts the bytes") {
    const std::string owner = "path";
    const CStr text(owner.c_str());
    CHECK(text.c_str() == owner.c_str());
    CHECK(text.view() == "path");
    CHECK(CStr("").view().empty());
    static_assert(!std::is_convertible_v<const char*, CStr>);
}

TEST_CASE("WELD_TRY gives the value, or returns the error at once") {
    int reached = 0;
    CHECK(test::must(multiply(true, true, reached)) == 42);
    CHECK(reached == 2);
    reached = 0;
    CHECK(test::errno_of(multiply(false, true, reached)) == Errno::Nomem);
    CHECK(reached == 0);
    CHECK(test::errno_of(multiply(true, false, reached)) == Errno::Io);
    CHECK(reached == 1);
}
