using System.ComponentModel;
using KadaluFsd.Linux;

namespace KadaluFsd.Contract.Tests;

public class SystemRefusalTests
{
    [Theory]
    [InlineData(typeof(FileNotFoundException), true)]
    [InlineData(typeof(UnauthorizedAccessException), true)]
    [InlineData(typeof(Win32Exception), true)]
    [InlineData(typeof(InvalidOperationException), false)]
    [InlineData(typeof(OutOfMemoryException), false)]
    public void What_the_system_refuses_is_told_from_a_defect(Type type, bool isRefusal)
    {
        var exception = (Exception)Activator.CreateInstance(type)!;
        Assert.Equal(isRefusal, SystemRefusal.Is(exception));
        if (isRefusal)
        {
            Assert.Equal(
                ExitCode.SystemRefused,
                Assert.Throws<CommandException>(() => SystemRefusal.Guard("/x", () => throw exception)).Code);
        }
        else
        {
            Assert.Same(exception, Assert.Throws(type, () => SystemRefusal.Guard("/x", () => throw exception)));
        }
    }

    [Fact]
    public void The_file_is_named_once()
    {
        Assert.Equal("/x: no space left", SystemRefusal.Describe(new IOException("no space left"), "/x"));
        Assert.Equal("cannot open /x", SystemRefusal.Describe(new IOException("cannot open /x"), "/x"));
        Assert.Equal("no space left", SystemRefusal.Describe(new IOException("no space left")));
        Assert.Equal("/y: No such file or directory", SystemRefusal.Describe(new FileNotFoundException("there is none", "/y")));
        Assert.Equal("/x: No such file or directory", SystemRefusal.Describe(new DirectoryNotFoundException("none"), "/x"));
        Assert.Equal("none in /x", SystemRefusal.Describe(new DirectoryNotFoundException("none in /x")));
    }

    [Fact]
    public void Only_a_missing_right_becomes_one()
    {
        Assert.IsType<UnauthorizedAccessException>(SystemRefusal.Of(Errno.EACCES, "x"));
        Assert.IsType<IOException>(SystemRefusal.Of(Errno.EROFS, "x"));
    }

    [Theory]
    [InlineData(Errno.ENOSPC, HealthCodes.DiskFull)]
    [InlineData(Errno.EDQUOT, HealthCodes.DiskFull)]
    [InlineData(Errno.EROFS, HealthCodes.ReadOnly)]
    [InlineData(Errno.EMFILE, HealthCodes.DescriptorsExhausted)]
    [InlineData(Errno.ENFILE, HealthCodes.DescriptorsExhausted)]
    [InlineData(Errno.ENOMEM, HealthCodes.MemoryExhausted)]
    [InlineData(Errno.EAGAIN, HealthCodes.MemoryExhausted)]
    [InlineData(Errno.ENOTCONN, HealthCodes.InputOutput)]
    public void What_is_not_the_fault_of_a_disk_is_not_laid_on_it(Errno error, string code) =>
        Assert.Equal(code, HealthCodes.Of(error));

    [Fact]
    public void Problems_are_one_line()
    {
        Assert.Equal("", UnitHealth.Unknown.Describe());
        Assert.Equal("a: 1; b: 2", (UnitHealth.Unknown with { Problems = [new("a", "1"), new("b", "2")] }).Describe());
    }

    [Fact]
    public void Figures_of_a_file_system_that_is_not_there_are_none()
    {
        Assert.Null(FileSystemFigures.Of("/nowhere/at/all"));
        Assert.True(FileSystemFigures.Of("/tmp") is { SizeBytes: > 0 } figures && figures.FreeBytes <= figures.SizeBytes);
    }
}
