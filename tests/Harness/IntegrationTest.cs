namespace KadaluFsd.Harness;

/// <summary>A test with a workspace of its own, which takes everything away with it, also when the test fails.</summary>
public abstract class IntegrationTest : IAsyncLifetime
{
    /// <summary>The test's workspace.</summary>
    protected Workspace Workspace { get; } = new();

    public Task InitializeAsync()
    {
        TestNetwork.Require();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await Workspace.DisposeAsync();

    /// <summary>Prepares a lone unit and its pool's client volfile.</summary>
    private protected async Task<UnitDefinition> CreateUnitAsync(
        string pool = "pool1", string serverOptions = "", string clientHost = "127.0.0.1")
    {
        UnitDefinition unit = await UnitDefinition.CreateAsync(Workspace, pool, pool + "-u1", serverOptions);
        await WriteVolfileAsync(pool, ClientVolfile.Single(unit, clientHost));
        return unit;
    }

    /// <summary>A command must have failed, and said why.</summary>
    private protected static void MustBeRefused(Command result, string reason)
    {
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
    }

    /// <summary>Writes a volfile that clients may fetch.</summary>
    private protected Task WriteVolfileAsync(string key, string text) =>
        File.WriteAllTextAsync(Path.Combine(Workspace.Create("volfiles"), key + ".vol"), text);
}
