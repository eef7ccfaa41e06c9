using System.IO.Pipelines;

namespace KadaluFsd.Serving.Events;

/// <summary>A connection as a pipe, on the event loop.</summary>
internal interface ITransport : IDuplexPipe, IDisposable
{
    /// <summary>Starts receiving. On the loop's thread.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system has no memory for it; nothing was started.</exception>
    void Start();
}
