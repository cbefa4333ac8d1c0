namespace EventStore.EF.Sqlite.Connections;

/// <summary>The file at the store's path is not the one that was opened. Becomes <see cref="EventStoreUnavailableException"/>.</summary>
internal sealed class DatabaseFileException(string message, bool isExchanged = false, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Whether another file is at the path: repeating the call reaches that one.</summary>
    public bool IsExchanged => isExchanged;
}
