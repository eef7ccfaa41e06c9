using System.Diagnostics;
using System.Globalization;

namespace KadaluFsd.Linux.Tests;

/// <summary>What the kernel tells of processes, this one and others.</summary>
public class ProcessTests
{
    [Fact]
    public void A_process_can_be_told_to_end_and_has_ended_then()
    {
        using var sleeping = Process.Start("sleep", "3600");
        Assert.Equal(Errno.None, ProcessReference.Open(sleeping.Id, out ProcessReference? reference));
        using (reference)
        {
            Assert.Equal(sleeping.Id, reference!.Id);
            Assert.False(reference.HasEnded);
            Assert.Equal(Errno.None, reference.Terminate());
            sleeping.WaitForExit();
            Assert.True(reference.HasEnded);
            Assert.Equal(Errno.ESRCH, reference.Terminate());
        }

        Assert.Equal(Errno.ESRCH, ProcessReference.Open(sleeping.Id, out reference));
        Assert.Null(reference);
    }

    [Fact]
    public void A_thread_that_gives_way_has_a_niceness_of_its_own()
    {
        string before = Niceness();
        string given = "";
        var thread = new Thread(() =>
        {
            ThreadNiceness.GiveWay();
            ThreadNiceness.GiveWay();
            given = Niceness();
        });
        thread.Start();
        thread.Join();
        Assert.Equal("10", given);
        Assert.Equal(before, Niceness());
    }

    [Fact]
    public void The_rights_of_this_process_are_those_that_the_kernel_shows()
    {
        string[] status = File.ReadAllLines("/proc/self/status");
        Assert.Equal(Effective("Uid:"), ProcessCalls.EffectiveUser);
        Assert.Equal(Effective("Gid:"), ProcessCalls.EffectiveGroup);

        // Real, effective, saved, of the file system.
        uint Effective(string name) => uint.Parse(
            status.Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split('\t')[2], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_descriptor_gets_the_lowest_number_that_is_free()
    {
        int limit = DescriptorTable.RaiseLimit();
        Assert.Equal(limit, DescriptorTable.RaiseLimit());
        Assert.Equal(Errno.None, DescriptorTable.FindLowestFree(out int lowest));
        Assert.InRange(lowest, 3, limit - 1);
        Assert.InRange(DescriptorTable.Count(), 3, limit);
        string limits = File.ReadLines("/proc/self/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        Assert.Equal(
            Math.Min(limit, 1024 * 1024).ToString(CultureInfo.InvariantCulture),
            limits.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3]);
    }

    [Fact]
    public void A_lock_on_a_file_is_this_process_s_as_long_as_it_is_open()
    {
        string path = Path.GetTempFileName();
        try
        {
            Assert.Null(RecordLock.FindHolder(path));
            Assert.Null(RecordLock.FindHolder(path + ".missing"));
            Assert.Equal(Errno.None, FileStatus.Read(path, out FileStatus status));
            using (FileStream file = File.OpenWrite(path))
            {
                Assert.Equal(Errno.None, RecordLock.Take(file.SafeFileHandle));
                Assert.Equal([Environment.ProcessId], Holders(status.Inode));

                // Who already has it is not told that somebody has.
                Assert.Equal(Errno.None, RecordLock.Take(file.SafeFileHandle));
            }

            Assert.Empty(Holders(status.Inode));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_in_memory_is_read_by_others_and_gone_when_it_is_closed()
    {
        string path;
        using (var file = MemoryFile.Create("ü", "text"u8))
        {
            path = file.Path;
            using var cat = Process.Start(new ProcessStartInfo("cat", path) { RedirectStandardOutput = true })!;
            Assert.Equal("text", cat.StandardOutput.ReadToEnd());
            Assert.Equal("/memfd:ü (deleted)", new FileInfo(path).LinkTarget);
        }

        Assert.DoesNotContain("memfd:ü", new FileInfo(path).LinkTarget ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "00")]
    [InlineData("/a", "2F6100")]
    [InlineData("ü€", "C3BCE282AC00")]
    public void A_path_ends_with_a_zero_byte(string path, string bytes) =>
        Assert.Equal(bytes, Convert.ToHexString(NativePath.ToBytes(path)));

    // proc_locks(5): such as "3: POSIX  ADVISORY  WRITE 1234 fe:00:131 0 EOF".
    private static int[] Holders(ulong inode) =>
        [.. File.ReadLines("/proc/locks").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words[1] == "POSIX" && words[5].EndsWith(
                string.Create(CultureInfo.InvariantCulture, $":{inode}"), StringComparison.Ordinal))
            .Select(words => int.Parse(words[4], CultureInfo.InvariantCulture))];

    // proc_pid_stat(5): the nineteenth field, behind a name in brackets.
    private static string Niceness()
    {
        string stat = File.ReadAllText("/proc/thread-self/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16];
    }
}
