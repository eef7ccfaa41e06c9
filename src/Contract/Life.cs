namespace KadaluFsd.Contract;

/// <summary>Settings of a process's log.</summary>
/// <param name="Level">The least serious level that is logged: CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG or TRACE.</param>
public sealed record LogSettings(string Level);

/// <summary>A request to stop or to drain.</summary>
/// <param name="TimeoutSeconds">How long that may take, in seconds.</param>
public sealed record StopRequest(double TimeoutSeconds);

/// <summary>The answer to it.</summary>
/// <param name="State"><c>draining</c> or <c>stopping</c>.</param>
/// <param name="TimeoutSeconds">How long it may take, in seconds.</param>
/// <param name="Clients">How many clients are connected.</param>
public sealed record StopAnswer(string State, double TimeoutSeconds, int Clients);
