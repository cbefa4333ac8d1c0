namespace EventStore.EF.TestDatabases;

/// <summary>What becomes of one message to the server, and of the connection it came on.</summary>
public enum MessageFault
{
    /// <summary>The connection is cut before the message reaches the server.</summary>
    CutBefore,

    /// <summary>The server carries the message out; the connection is cut before its answer reaches the client.</summary>
    DropAnswer,

    /// <summary>The server carries the message out; answers never come, and nothing is cut.</summary>
    Silence,

    /// <summary>The client is cut off at once, while the server is still at work and notices nothing.</summary>
    Abandon,

    /// <summary>The client gets its answer, and is cut off then.</summary>
    CutAfter,

    /// <summary>None: the message goes on, when what runs at this point is done.</summary>
    Wait,
}
