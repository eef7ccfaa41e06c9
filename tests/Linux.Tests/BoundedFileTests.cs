using KadaluFsd.Linux.Files;

namespace KadaluFsd.Linux.Tests;

public sealed class BoundedFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(0)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public void A_file_is_read_whole(int length)
    {
        byte[] content = new byte[length];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(_file, content);
        Assert.Equal(content, BoundedFile.Read(_file, 200_000));
    }

    [Fact]
    public void One_whose_length_the_kernel_does_not_know_is_read_whole() =>
        Assert.Equal(File.ReadAllBytes("/proc/self/stat").Length > 0, BoundedFile.Read("/proc/self/stat", 4096).Length > 0);

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public void What_is_longer_than_allowed_is_refused(int maxLength)
    {
        File.WriteAllBytes(_file, new byte[maxLength + 1]);
        Assert.Equal($"longer than {maxLength} bytes", Assert.Throws<IOException>(() => BoundedFile.Read(_file, maxLength)).Message);
    }

    [Fact]
    public void What_has_no_end_is_longer_than_allowed() =>
        Assert.Throws<IOException>(() => BoundedFile.Read("/dev/zero", 1 << 20));

    [Fact]
    public void The_rest_of_a_stream_is_read()
    {
        using var stream = new MemoryStream([1, 2, 3, 4]) { Position = 1 };
        Assert.Equal([2, 3, 4], BoundedFile.Read(stream, 3));
        stream.Position = 0;
        Assert.Throws<IOException>(() => BoundedFile.Read(stream, 3));
    }

    [Fact]
    public void A_directory_is_called_one() =>
        Assert.Equal("Is a directory", Assert.Throws<IOException>(() => BoundedFile.Read("/", 1)).Message);
}
