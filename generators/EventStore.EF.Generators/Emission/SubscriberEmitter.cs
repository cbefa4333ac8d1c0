using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the dispatch of one class of handlers: a switch on the event's type.</summary>
internal static class SubscriberEmitter
{
    private const string Descriptor = "global::EventStore.EF.SubscriberDescriptor";

    public static SourceText Emit(string ns, SubscriberModel model) => GeneratedFile.Of(ns, [], code =>
    {
        code.Lines(GeneratedFile.Attributes).Open($"internal static class Dispatch_{model.Type.Id}")
            .Line($"internal static {Descriptor} Describe() => new {Descriptor}(")
            .Line($"    typeof({model.Type.Code}),")
            .Line($"    new global::System.Type[] {{ {string.Join(", ", model.Handled.Select(type => $"typeof({type})"))} }},")
            .Line("    Dispatch);")
            .Line()
            .Line("private static global::System.Threading.Tasks.ValueTask Dispatch(")
            .Line("    object subscriber,")
            .Line("    object data,")
            .Line("    global::EventStore.EF.EventContext context,")
            .Line("    global::System.Threading.CancellationToken ct)")
            .Open("").Open("switch (data)");
        for (var i = 0; i < model.Handled.Count; i++)
        {
            code.Line($"case {model.Handled[i]} e{i}:")
                .Line($"    return ((global::EventStore.EF.ISubscriber<{model.Handled[i]}>)subscriber).HandleAsync(e{i}, context, ct);");
        }

        code.Line("default:")
            .Line("    return default;")
            .Close()
            .Close()
            .Close();
    });
}
