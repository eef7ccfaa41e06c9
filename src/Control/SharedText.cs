namespace KadaluFsd.Control;

/// <summary>
/// A text that is expensive to write and asked for by many at once: one is written at a time, and all who ask while one is being
/// written get the next one. Nobody gets one that was begun before he asked.
/// </summary>
/// <param name="write">Writes it.</param>
public sealed class SharedText(Func<string> write)
{
    private readonly Lock _lock = new();
    private Task<string> _current = Task.FromResult("");
    private Task<string>? _next;

    /// <summary>Writes it, soon.</summary>
    /// <returns>The text.</returns>
    public Task<string> WriteAsync()
    {
        lock (_lock)
        {
            return _next ??= WriteAfterAsync(_current);
        }
    }

    private async Task<string> WriteAfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            (_current, _next) = (_next!, null);
        }

        return write();
    }
}
