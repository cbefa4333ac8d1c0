using Npgsql;

namespace EventStore.EF.PostgreSQL;

/// <summary>The parameters that hold what is appended, in the order of the functions.</summary>
internal interface IEventParameters
{
    void AddTo(NpgsqlParameterCollection parameters);

    void Set(IReadOnlyList<PlannedEvent> events);
}
