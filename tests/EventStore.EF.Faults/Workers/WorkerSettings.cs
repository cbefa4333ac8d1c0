using System.Text.Json.Serialization;

namespace EventStore.EF.Faults;

/// <summary>What a worker process is told on its first line of input; a command line would show the password to the whole machine.</summary>
/// <param name="Name">The process; its log is <c>name.history</c>.</param>
/// <param name="IsWriter">Whether it writes; otherwise it runs the subscriptions.</param>
/// <param name="Provider">The database.</param>
/// <param name="ConnectionString">To the database.</param>
/// <param name="IsPooled">Whether a PgBouncer in transaction mode is in between.</param>
/// <param name="Folder">Where the history goes.</param>
/// <param name="Seed">What the writers do follows from it.</param>
/// <param name="Lease">How long a subscription stays with a process that says nothing.</param>
/// <param name="Build">The build of the application.</param>
/// <param name="HasNewEvents">Whether events are written that only the new build handles.</param>
/// <param name="HasTransientContext">Whether the projection's context is registered so that the store must refuse to start.</param>
/// <param name="Without">The safeguard that the store is to do without, if any.</param>
internal sealed record WorkerSettings(
    string Name, bool IsWriter, Provider Provider, string ConnectionString, bool IsPooled, string Folder, int Seed, TimeSpan Lease,
    Build Build = Build.Old, bool HasNewEvents = false, bool HasTransientContext = false, string? Without = null)
{
    /// <summary>Writers in one process; two such processes make eight.</summary>
    public const int Writers = 4;
}

[JsonSerializable(typeof(WorkerSettings))]
internal sealed partial class WorkerJson : JsonSerializerContext;
