// Files of /proc and cgroups as Linux 6 writes them, recorded from a Python, a container of each cgroup version and the
// machine around them, and shortened.

export const maps = `\
00400000-0041f000 r--p 00000000 fe:00 247702                             /usr/bin/python3.11
0041f000-006d2000 r-xp 0001f000 fe:00 247702                             /usr/bin/python3.11
00946000-00a85000 rw-p 00545000 fe:00 247702                             /usr/bin/python3.11
00a85000-00aca000 rw-p 00000000 00:00 0 
00aca000-00b55000 rw-p 00000000 00:00 0                                  [heap]
7ffff79eb000-7ffff7c51000 rw-p 00000000 00:00 0 
7ffff7caa000-7ffff7cd0000 r--p 00000000 fe:00 326269                     /usr/lib/x86_64-linux-gnu/libc.so.6
7ffff7cd0000-7ffff7e26000 r-xp 00026000 fe:00 326269                     /usr/lib/x86_64-linux-gnu/libc.so.6
7ffff7fb9000-7ffff7fc0000 r--s 00000000 fe:00 325737                     /tmp/a b (deleted)
7ffff7fc2000-7ffff7fc6000 r--p 00000000 00:00 0                          [vvar]
7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0                          [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`;

export const stat =
  '4711 (python3 (a)) S 1 4711 4711 0 -1 4194304 101 0 0 0 250 50 0 0 20 0 4 0 67299 3133440 387 ' +
  '18446744073709551615 94745518944256 94745518964137 140731454929584 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 ' +
  '94745518980144 94745518981760 94746532352000 140731454937598 140731454937618 140731454937618 140731454939115 0\n';

export const status = `\
Name:	python3
State:	S (sleeping)
Uid:	1000	1000	1000	1000
Gid:	1000	1000	1000	1000
NSpid:	4711	7
VmRSS:	   13300 kB
RssAnon:	    7024 kB
VmSwap:	       8 kB
Threads:	4
CapInh:	0000000000000000
CapPrm:	0000000000000000
CapEff:	0000000000000000
CapBnd:	00000000a80425fb
NoNewPrivs:	1
Seccomp:	2
`;

export const mountinfo = `\
22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw,hidepid=invisible,gid=27
27 1 254:0 / / rw,relatime - ext4 /dev/root rw,discard
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
35 31 0:32 /docker/ab12 /sys/fs/cgroup/memory ro,nosuid master:17 - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate
42 31 0:39 /../pod\\040one /mnt/a\\134b rw - cgroup cgroup rw,cpu,memory
`;

export const cgroup = `\
9:name=systemd:/
4:cpu,memory:/docker/ab12
0::/../kubepods.slice/cri-containerd-${'0123456789abcdef'.repeat(4)}.scope
`;

export const cgroupV1Files = {
  'memory.limit_in_bytes': '9223372036854771712\n',
  'memory.usage_in_bytes': '546000896\n',
  'memory.stat': 'cache 9416704\ninactive_file 20480\ntotal_inactive_file 254636032\n',
  'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
};

export const cgroupV2Files = {
  'memory.current': '546000896\n',
  'memory.max': '1073741824\n',
  'memory.stat': 'anon 1531904\ninactive_file 254636032\n',
  'memory.events': 'low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\n',
  'memory.pressure':
    'some avg10=3.63 avg60=3.77 avg300=9.69 total=323688247\nfull avg10=0.00 avg60=0.10 avg300=0.00 total=1144\n',
};

export const meminfo =
  'MemTotal:       24684092 kB\nMemFree:        23079512 kB\nMemAvailable:   23785284 kB\nBuffers:  26652 kB\n';

export const bootStat = 'cpu  250 0 50 0\ncpu0 250 0 50 0\nintr 1 2 3\nbtime 1700000000\nprocesses 42\n';

export const commandLine = '/usr/bin/python3.11\0-u\0-X\0dev\0-m\0shop.worker\0--password=secret\0';

export const environ =
  'PATH=/usr/bin:/bin\0OTEL_SERVICE_NAME=shop\0OTEL_RESOURCE_ATTRIBUTES=service.name=shop,a=b%20c\0HEAPWATCH=off\0' +
  'HOSTNAME=shop-7d4b9c6f5-x2x8z\0KUBERNETES_SERVICE_HOST=10.0.0.1\0=\0A\0';
