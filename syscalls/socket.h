/* Socket addresses and options between guest and host. */
#ifndef SYSCALLS_SOCKET_H
#define SYSCALLS_SOCKET_H

#include <sys/socket.h>

#include "syscalls/sys.h"

/* A guest address into `sa`. Addresses have the same bytes everywhere. */
MUST_CHECK long socket_get_address(struct call *c, gaddr from, uint32_t size, struct sockaddr_storage *sa);
/* Writes an address back, cut to the room that the guest's length word (at `length`) tells; updates that. */
MUST_CHECK long socket_put_address(struct call *c, gaddr to, gaddr length, const struct sockaddr_storage *sa,
                                   socklen_t size);
int socket_type_to_host(uint32_t type); /* type and flags; -1 if unknown */

/* The calls themselves take their arguments from c->arg, so that socketcall can give its own. */
#define SOCKET_CALL(name) long call_##name(struct call *c);
SOCKET_CALL(socket)
SOCKET_CALL(bind)
SOCKET_CALL(connect)
SOCKET_CALL(listen)
SOCKET_CALL(accept4)
SOCKET_CALL(getsockname)
SOCKET_CALL(getpeername)
SOCKET_CALL(socketpair)
SOCKET_CALL(sendto)
SOCKET_CALL(recvfrom)
SOCKET_CALL(shutdown)
SOCKET_CALL(setsockopt)
SOCKET_CALL(getsockopt)
SOCKET_CALL(sendmsg)
SOCKET_CALL(recvmsg)
SOCKET_CALL(sendmmsg)
SOCKET_CALL(recvmmsg)
#undef SOCKET_CALL

#endif
