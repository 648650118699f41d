// SPDX-License-Identifier: MIT
#include <weld/sys/errno.hpp>

#include <cerrno>
#include <cstring>
#include <utility>

namespace weld::sys {

std::string_view symbol(Errno error) noexcept {
    const char* name = ::strerrorname_np(std::to_underlying(error));
    return name != nullptr ? name : "E?";
}

std::string_view message(Errno error) noexcept {
    const char* text = ::strerrordesc_np(std::to_underlying(error));
    return text != nullptr ? text : "Unknown error";
}

namespace {

template <Errno error>
constexpr bool is(int number) {
    return std::to_underlying(error) == number;
}

static_assert(is<Errno::Perm>(EPERM));
static_assert(is<Errno::Noent>(ENOENT));
static_assert(is<Errno::Srch>(ESRCH));
static_assert(is<Errno::Intr>(EINTR));
static_assert(is<Errno::Io>(EIO));
static_assert(is<Errno::Nxio>(ENXIO));
static_assert(is<Errno::TooBig>(E2BIG));
static_assert(is<Errno::Noexec>(ENOEXEC));
static_assert(is<Errno::Badf>(EBADF));
static_assert(is<Errno::Child>(ECHILD));
static_assert(is<Errno::Again>(EAGAIN));
static_assert(is<Errno::Nomem>(ENOMEM));
static_assert(is<Errno::Acces>(EACCES));
static_assert(is<Errno::Fault>(EFAULT));
static_assert(is<Errno::Notblk>(ENOTBLK));
static_assert(is<Errno::Busy>(EBUSY));
static_assert(is<Errno::Exist>(EEXIST));
static_assert(is<Errno::Xdev>(EXDEV));
static_assert(is<Errno::Nodev>(ENODEV));
static_assert(is<Errno::Notdir>(ENOTDIR));
static_assert(is<Errno::Isdir>(EISDIR));
static_assert(is<Errno::Inval>(EINVAL));
static_assert(is<Errno::Nfile>(ENFILE));
static_assert(is<Errno::Mfile>(EMFILE));
static_assert(is<Errno::Notty>(ENOTTY));
static_assert(is<Errno::Txtbsy>(ETXTBSY));
static_assert(is<Errno::Fbig>(EFBIG));
static_assert(is<Errno::Nospc>(ENOSPC));
static_assert(is<Errno::Spipe>(ESPIPE));
static_assert(is<Errno::Rofs>(EROFS));
static_assert(is<Errno::Mlink>(EMLINK));
static_assert(is<Errno::Pipe>(EPIPE));
static_assert(is<Errno::Dom>(EDOM));
static_assert(is<Errno::Range>(ERANGE));
static_assert(is<Errno::Deadlk>(EDEADLK));
static_assert(is<Errno::Nametoolong>(ENAMETOOLONG));
static_assert(is<Errno::Nolck>(ENOLCK));
static_assert(is<Errno::Nosys>(ENOSYS));
static_assert(is<Errno::Notempty>(ENOTEMPTY));
static_assert(is<Errno::Loop>(ELOOP));
static_assert(is<Errno::Nomsg>(ENOMSG));
static_assert(is<Errno::Idrm>(EIDRM));
static_assert(is<Errno::Chrng>(ECHRNG));
static_assert(is<Errno::L2nsync>(EL2NSYNC));
static_assert(is<Errno::L3hlt>(EL3HLT));
static_assert(is<Errno::L3rst>(EL3RST));
static_assert(is<Errno::Lnrng>(ELNRNG));
static_assert(is<Errno::Unatch>(EUNATCH));
static_assert(is<Errno::Nocsi>(ENOCSI));
static_assert(is<Errno::L2hlt>(EL2HLT));
static_assert(is<Errno::Bade>(EBADE));
static_assert(is<Errno::Badr>(EBADR));
static_assert(is<Errno::Xfull>(EXFULL));
static_assert(is<Errno::Noano>(ENOANO));
static_assert(is<Errno::Badrqc>(EBADRQC));
static_assert(is<Errno::Badslt>(EBADSLT));
static_assert(is<Errno::Bfont>(EBFONT));
static_assert(is<Errno::Nostr>(ENOSTR));
static_assert(is<Errno::Nodata>(ENODATA));
static_assert(is<Errno::Time>(ETIME));
static_assert(is<Errno::Nosr>(ENOSR));
static_assert(is<Errno::Nonet>(ENONET));
static_assert(is<Errno::Nopkg>(ENOPKG));
static_assert(is<Errno::Remote>(EREMOTE));
static_assert(is<Errno::Nolink>(ENOLINK));
static_assert(is<Errno::Adv>(EADV));
static_assert(is<Errno::Srmnt>(ESRMNT));
static_assert(is<Errno::Comm>(ECOMM));
static_assert(is<Errno::Proto>(EPROTO));
static_assert(is<Errno::Multihop>(EMULTIHOP));
static_assert(is<Errno::Dotdot>(EDOTDOT));
static_assert(is<Errno::Badmsg>(EBADMSG));
static_assert(is<Errno::Overflow>(EOVERFLOW));
static_assert(is<Errno::Notuniq>(ENOTUNIQ));
static_assert(is<Errno::Badfd>(EBADFD));
static_assert(is<Errno::Remchg>(EREMCHG));
static_assert(is<Errno::Libacc>(ELIBACC));
static_assert(is<Errno::Libbad>(ELIBBAD));
static_assert(is<Errno::Libscn>(ELIBSCN));
static_assert(is<Errno::Libmax>(ELIBMAX));
static_assert(is<Errno::Libexec>(ELIBEXEC));
static_assert(is<Errno::Ilseq>(EILSEQ));
static_assert(is<Errno::Restart>(ERESTART));
static_assert(is<Errno::Strpipe>(ESTRPIPE));
static_assert(is<Errno::Users>(EUSERS));
static_assert(is<Errno::Notsock>(ENOTSOCK));
static_assert(is<Errno::Destaddrreq>(EDESTADDRREQ));
static_assert(is<Errno::Msgsize>(EMSGSIZE));
static_assert(is<Errno::Prototype>(EPROTOTYPE));
static_assert(is<Errno::Noprotoopt>(ENOPROTOOPT));
static_assert(is<Errno::Protonosupport>(EPROTONOSUPPORT));
static_assert(is<Errno::Socktnosupport>(ESOCKTNOSUPPORT));
static_assert(is<Errno::Opnotsupp>(EOPNOTSUPP));
static_assert(is<Errno::Pfnosupport>(EPFNOSUPPORT));
static_assert(is<Errno::Afnosupport>(EAFNOSUPPORT));
static_assert(is<Errno::Addrinuse>(EADDRINUSE));
static_assert(is<Errno::Addrnotavail>(EADDRNOTAVAIL));
static_assert(is<Errno::Netdown>(ENETDOWN));
static_assert(is<Errno::Netunreach>(ENETUNREACH));
static_assert(is<Errno::Netreset>(ENETRESET));
static_assert(is<Errno::Connaborted>(ECONNABORTED));
static_assert(is<Errno::Connreset>(ECONNRESET));
static_assert(is<Errno::Nobufs>(ENOBUFS));
static_assert(is<Errno::Isconn>(EISCONN));
static_assert(is<Errno::Notconn>(ENOTCONN));
static_assert(is<Errno::Shutdown>(ESHUTDOWN));
static_assert(is<Errno::Toomanyrefs>(ETOOMANYREFS));
static_assert(is<Errno::Timedout>(ETIMEDOUT));
static_assert(is<Errno::Connrefused>(ECONNREFUSED));
static_assert(is<Errno::Hostdown>(EHOSTDOWN));
static_assert(is<Errno::Hostunreach>(EHOSTUNREACH));
static_assert(is<Errno::Already>(EALREADY));
static_assert(is<Errno::Inprogress>(EINPROGRESS));
static_assert(is<Errno::Stale>(ESTALE));
static_assert(is<Errno::Uclean>(EUCLEAN));
static_assert(is<Errno::Notnam>(ENOTNAM));
static_assert(is<Errno::Navail>(ENAVAIL));
static_assert(is<Errno::Isnam>(EISNAM));
static_assert(is<Errno::Remoteio>(EREMOTEIO));
static_assert(is<Errno::Dquot>(EDQUOT));
static_assert(is<Errno::Nomedium>(ENOMEDIUM));
static_assert(is<Errno::Mediumtype>(EMEDIUMTYPE));
static_assert(is<Errno::Canceled>(ECANCELED));
static_assert(is<Errno::Nokey>(ENOKEY));
static_assert(is<Errno::Keyexpired>(EKEYEXPIRED));
static_assert(is<Errno::Keyrevoked>(EKEYREVOKED));
static_assert(is<Errno::Keyrejected>(EKEYREJECTED));
static_assert(is<Errno::Ownerdead>(EOWNERDEAD));
static_assert(is<Errno::Notrecoverable>(ENOTRECOVERABLE));
static_assert(is<Errno::Rfkill>(ERFKILL));
static_assert(is<Errno::Hwpoison>(EHWPOISON));
static_assert(is<Errno::Wouldblock>(EWOULDBLOCK));
static_assert(is<Errno::Notsup>(ENOTSUP));

}  // namespace
}  // namespace weld::sys
