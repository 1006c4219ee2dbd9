/* Options of sockets that hold pointers, or that the host lays out otherwise: filters, multicast groups. */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/guest/sys/raw.h"

int main(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof at;
    char data[8];
    int on = 1, s = socket(AF_INET, SOCK_DGRAM, 0);
    bind(s, (struct sockaddr *)&at, sizeof at);
    getsockname(s, (struct sockaddr *)&at, &size);
    struct sock_filter none[] = {{BPF_RET, 0, 0, 0}}, all[] = {{BPF_RET, 0, 0, 0xffff}};
    struct sock_fprog program = {1, none};
    SHOW(raw(366, s, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
    sendto(s, "x", 1, 0, (struct sockaddr *)&at, sizeof at);
    SHOW(raw(371, s, data, 8, MSG_DONTWAIT, 0, 0));
    program.filter = all;
    SHOW(raw(366, s, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
    sendto(s, "x", 1, 0, (struct sockaddr *)&at, sizeof at);
    SHOW(raw(371, s, data, 8, MSG_DONTWAIT, 0, 0));
    SHOW(raw(366, s, SOL_SOCKET, SO_ATTACH_FILTER, &program, 4));
    program.len = 0;
    SHOW(raw(366, s, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
    program.len = 1, program.filter = (void *)16;
    SHOW(raw(366, s, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
    SHOW(raw(366, s, SOL_SOCKET, SO_DETACH_FILTER, &on, sizeof on));
    struct group_req group = {.gr_interface = 1};
    ((struct sockaddr_in *)&group.gr_group)->sin_family = AF_INET;
    ((struct sockaddr_in *)&group.gr_group)->sin_addr.s_addr = htonl(0xe0010203);
    SHOW(raw(366, s, IPPROTO_IP, MCAST_JOIN_GROUP, &group, sizeof group));
    SHOW(raw(366, s, IPPROTO_IP, MCAST_JOIN_GROUP, &group, sizeof group));
    SHOW(raw(366, s, IPPROTO_IP, MCAST_LEAVE_GROUP, &group, sizeof group));
    SHOW(raw(366, s, IPPROTO_IP, MCAST_LEAVE_GROUP, &group, 20));
    return 0;
}
