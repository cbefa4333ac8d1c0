namespace EventStore.EF.Storage;

/// <summary>What a provider tells an operator about the database and its server.</summary>
/// <param name="Version">The version of the server, or of SQLite.</param>
/// <param name="StoreBytes">
/// The size of the store's tables with their indexes, on SQLite of the file, in bytes; <see langword="null"/> if it can't be seen.
/// </param>
/// <param name="Checks">The provider's own checks: at least one for each that makes sense on its kind of database.</param>
internal sealed record ServerInspection(string Version, long? StoreBytes, IReadOnlyList<StoreCheck> Checks);
