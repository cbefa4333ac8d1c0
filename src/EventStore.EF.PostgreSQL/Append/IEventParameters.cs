using EventStore.EF.Storage;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>The parameters for the appended events, in the order of the functions' arguments.</summary>
internal interface IEventParameters
{
    void AddTo(NpgsqlParameterCollection parameters);

    void Set(IReadOnlyList<PlannedEvent> events);
}
