using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventStore.EF.HealthChecks;

/// <summary>Whether the store can be reached, and its schema is current.</summary>
internal sealed class StoreHealthCheck(IEventStoreOperations operations, EventStoreOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        SchemaReport schema;
        try
        {
            schema = await operations.GetSchemaAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EventStoreException exception)
        {
            return new(context.Registration.FailureStatus, exception.Message, exception);
        }

        var data = new Dictionary<string, object> { ["schema"] = schema.Name, ["state"] = schema.State.ToString() };
        return schema.State switch
        {
            SchemaState.Current => HealthCheckResult.Healthy("The store is reachable, and its schema is current.", data),
            SchemaState.Newer when options.AllowNewerSchema => HealthCheckResult.Healthy(
                "The store is reachable. A newer version has migrated its schema, which AllowNewerSchema allows.", data),
            SchemaState.Newer => HealthCheckResult.Degraded(
                $"A newer version of EventStore.EF has migrated the schema '{schema.Name}'. Update the package of this application.",
                data: data),
            SchemaState.Unknown => HealthCheckResult.Degraded(
                $"The store is reachable, but it could not be checked whether its schema is current: {schema.Reason}", data: data),
            SchemaState.Missing => new(
                context.Registration.FailureStatus, $"There is no event store in schema '{schema.Name}'.", data: data),
            _ => new(
                context.Registration.FailureStatus,
                $"The schema '{schema.Name}' lacks migrations: {string.Join(", ", schema.Missing)}.", data: data),
        };
    }
}
