using KadaluFsd.Contract;

namespace KadaluFsd.Pools.Tests;

/// <summary>What a mount is made of. That it mounts is for Integration.Tests.</summary>
public class PoolMountTests
{
    [Theory]
    [InlineData("pool1", "pool1", "")]
    [InlineData("pool1/", "pool1", "")]
    [InlineData("pool1/a/b/", "pool1", "/a/b")]
    [InlineData("pool1//a", "pool1", "/a")]
    public void What_is_mounted_is_a_pool_or_a_directory_of_it(string source, string pool, string subdirectory) =>
        Assert.Equal((pool, subdirectory), PoolMount.Split(source));

    [Fact]
    public void A_directory_that_is_not_there_is_refused()
    {
        Assert.Equal("/tmp", PoolMount.FindPlace("/tmp/../tmp"));
        CommandException refused = Assert.Throws<CommandException>(() => PoolMount.FindPlace("/dev/null/none"));
        Assert.Equal((ExitCode.Usage, "/dev/null/none does not exist"), (refused.Code, refused.Message));
    }
}
