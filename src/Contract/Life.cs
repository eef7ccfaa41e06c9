namespace KadaluFsd.Contract;

/// <summary>A process's log.</summary>
/// <param name="Level">The least serious level that is logged: CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG or TRACE.</param>
public sealed record LogSettings(string Level);

/// <summary>To stop, or to run empty first.</summary>
/// <param name="TimeoutSeconds">How long that may take.</param>
public sealed record StopRequest(double TimeoutSeconds);

/// <summary>What was begun.</summary>
/// <param name="State"><c>draining</c> or <c>stopping</c>.</param>
/// <param name="TimeoutSeconds">How long it may take.</param>
/// <param name="Clients">How many clients are connected.</param>
public sealed record StopAnswer(string State, double TimeoutSeconds, int Clients);
