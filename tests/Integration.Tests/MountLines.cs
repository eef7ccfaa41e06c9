namespace KadaluFsd.Integration.Tests;

/// <summary>A line as people write it for mount.glusterfs.</summary>
/// <param name="Text">A line of fstab(5), or SOURCE and options for mount(8).</param>
/// <param name="More">What mount.kadalu does otherwise, where mount.glusterfs fails or leaves something out; nothing else differs.</param>
internal sealed record MountLine(string Text, MountMore More = MountMore.Nothing);

/// <summary>What mount.kadalu can do that mount.glusterfs does not.</summary>
internal enum MountMore
{
    Nothing,

    /// <summary>It mounts what mount.glusterfs refuses.</summary>
    Mounts,

    /// <summary>It refuses by its name what mount.glusterfs changes, or passes on without effect.</summary>
    Refuses,

    /// <summary>The mount has a flag that mount.glusterfs says it leaves out.</summary>
    Flags,
}

/// <summary>
/// Lines of guides, forums and configuration management, with this test's names: server1 and server3 are up, server2 is not, and
/// the pool gv0 has a directory data.
/// </summary>
internal static class MountLines
{
    internal static readonly IReadOnlyList<MountLine> Fstab = [
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults 0 0"),
        new("server1:gv0 /mnt/gluster glusterfs defaults,_netdev 0 0"),
        new("server1:/gv0\t/mnt/gv0\tglusterfs\tdefaults,_netdev\t0\t0"),
        new("10.99.0.1:/gv0 /mnt/gluster glusterfs defaults,_netdev 0 0"),
        new("gluster-1.example.com:/gv0 /mnt/gluster glusterfs _netdev 0 0"),
        new("server1:/gv0/data /mnt/data glusterfs defaults,_netdev 0 0"),
        new("server1,server3:/gv0 /mnt/gluster glusterfs defaults,_netdev 0 0"),
        new("server2,server1:/gv0 /mnt/gluster glusterfs defaults,_netdev 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,backupvolfile-server=server3 0 0"),
        new("server2:/gv0 /mnt/gluster glusterfs defaults,_netdev,backupvolfile-server=server1 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,backup-volfile-servers=server3:server2 0 0"),
        new("server2:/gv0 /mnt/gluster glusterfs defaults,_netdev,backup-volfile-servers=server1:server3,fetch-attempts=5 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,log-level=WARNING,log-file=/mnt/log/gluster.log 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,log-level=warning 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs transport=tcp,defaults,_netdev 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,noauto,x-systemd.automount 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs noauto,x-systemd.automount,x-systemd.device-timeout=20,x-systemd.requires=glusterd.service 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,x-systemd.requires=glusterd.service,x-systemd.mount-timeout=60s 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,nofail,_netdev 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,acl,_netdev 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs rw,acl,selinux,_netdev 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs ro,_netdev 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,ro,noexec,nosuid,nodev,_netdev 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs rw,noatime,nodiratime,_netdev 0 0", MountMore.Mounts),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,noatime,_netdev 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,relatime,_netdev 0 0", MountMore.Mounts),
        new("server1:/gv0 /mnt/gluster glusterfs rw,relatime,user_id=0,group_id=0,default_permissions,allow_other,max_read=131072 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,direct-io-mode=disable 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,direct-io-mode=enable 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,use-readdirp=no 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,attribute-timeout=0,entry-timeout=0 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,negative-timeout=10,attribute-timeout=600,entry-timeout=600,fopen-keep-cache 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,gid-timeout=300 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,lru-limit=65536,invalidate-limit=16 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,background-qlen=256,congestion-threshold=192,reader-thread-count=4 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,oom-score-adj=-500 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,enable-ino32 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,nobootwait 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,comment=systemd.automount 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,user,noauto,_netdev 0 0", MountMore.Mounts),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,users,noauto 0 0", MountMore.Mounts),
        new("server1:/gv0 /mnt/gluster glusterfs rw,sync,_netdev 0 0", MountMore.Flags),
        new("server1:/gv0 /mnt/gluster glusterfs async,auto,_netdev,rw 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,discard,_netdev 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs rw,hard,intr,nfsvers=3 0 0"),
        new("server1:/gv0 /mnt/gluster glusterfs defaults,_netdev,nobarrier,inode64 0 0"),
        new("server1:/gv0 /mnt/gluster\\040space glusterfs defaults,_netdev 0 0", MountMore.Mounts),
        new("server1:/nothing /mnt/gluster glusterfs defaults,_netdev 0 0"),
        new("server1:/gv0/nothing /mnt/gluster glusterfs defaults,_netdev 0 0"),
    ];

    internal static readonly IReadOnlyList<MountLine> Options = [
        new("server1:/gv0 acl"),
        new("server1:gv0 rw"),
        new("server1:/gv0 backup-volfile-servers=server3"),
        new("server1:/gv0 backup-volfile-servers=server2:server3,log-level=DEBUG"),
        new("server1:/gv0 backup-volfile-servers=server2,server3"),
        new("server2:/gv0 backupvolfile-server=server3"),
        new("server1:/gv0 transport=tcp"),
        new("server1:/gv0 transport=tcp,log-level=WARNING"),
        new("server1:/gv0 log-level=WARNING,log-file=/mnt/log/gluster.log"),
        new("server1:/gv0 log-level=error"),
        new("server1:/gv0 mand", MountMore.Refuses),
        new("server1:/gv0 log-level=LOUD", MountMore.Refuses),
        new("server1:/gv0 server-port=24007"),
        new("server1:/gv0 port=24007", MountMore.Mounts),
        new("server1:/gv0 direct-io-mode=on"),
        new("server1:/gv0 direct-io-mode=off,use-readdirp=off"),
        new("server1:/gv0 fetch-attempts=3"),
        new("server1:/gv0 volfile-max-fetch-attempts=3"),
        new("server1:/gv0 subdir-mount=data"),
        new("server1:/gv0/data ro"),
        new("server1:/gv0 aux-gfid-mount"),
        new("server1:/gv0 resolve-gids"),
        new("server1:/gv0 worm"),
        new("server1:/gv0 mem-accounting"),
        new("server1:/gv0 thin-client"),
        new("server1:/gv0 global-threading"),
        new("server1:/gv0 localtime-logging"),
        new("server1:/gv0 no-root-squash=yes"),
        new("server1:/gv0 root-squash=off"),
        new("server1:/gv0 root-squash=on"),
        new("server1:/gv0 fopen-keep-cache=on", MountMore.Mounts),
        new("server1:/gv0 fopen-keep-cache"),
        new("server1:/gv0 event-history=on"),
        new("server1:/gv0 auto-invalidation=off"),
        new("server1:/gv0 kernel-writeback-cache=yes,attr-times-granularity=1000"),
        new("server1:/gv0 halo-max-latency=10,halo-min-replicas=2"),
        new("server1:/gv0 xlator-option=*dht.lookup-unhashed=off"),
        new("server1:/gv0 xlator-option=transport.address-family=inet"),
        new("server1:/gv0 fuse-mountopts=noatime"),
        new("server1:/gv0 nosuid,nodev,noexec,noatime"),
        new("server1:/gv0 strictatime", MountMore.Mounts),
        new("server1:/gv0 dirsync", MountMore.Flags),
        new("server1:/gv0 lazytime"),
        new("server1:/gv0 process-name=backup"),
        new("server1:/gv0 io-engine=legacy"),
        new("server1:/gv0 dump-fuse=/mnt/log/dump"),
        new("server1:/gv0 volfile-check", MountMore.Mounts),
        new("server1:/gv0 allow_other,big_writes"),
        new("server1:/gv0 vers=3,proto=tcp,mountproto=tcp"),
        new("server1:/gv0 uid=1000,gid=1000"),
    ];
}
