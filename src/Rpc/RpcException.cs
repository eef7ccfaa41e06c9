namespace KadaluFsd.Rpc;

/// <summary>The peer broke the protocol: what it sent cannot be understood. The connection is of no further use.</summary>
/// <param name="message">What was wrong, with the numbers.</param>
public sealed class ProtocolException(string message) : Exception(message);

/// <summary>The peer understood a call and refused it, at the level of ONC RPC (RFC 5531 section 9).</summary>
/// <param name="message">Why, in the RFC's terms.</param>
public sealed class RpcRefusedException(string message) : Exception(message);
