using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the <c>[UnsafeAccessor]</c> methods of a type.</summary>
internal static class AccessorEmitter
{
    private const string CompilerServices = "global::System.Runtime.CompilerServices.";

    public static void Emit(SourceWriter code, EquatableArray<AccessorModel> accessors)
    {
        foreach (var accessor in accessors)
        {
            code.Line();
            if (accessor.TypeParameters.Length == 0)
            {
                Method(code, accessor, "private");
                continue;
            }

            code.Open($"private static class {accessor.Name}Of{accessor.TypeParameters} {accessor.Constraints}".TrimEnd());
            Method(code, accessor, "internal");
            code.Close();
        }
    }

    private static void Method(SourceWriter code, AccessorModel accessor, string accessibility)
    {
        var name = accessor.Target is null ? "" : $", Name = {GeneratedFile.Literal(accessor.Target)}";
        code.Line($"[{CompilerServices}UnsafeAccessor({CompilerServices}UnsafeAccessorKind.{accessor.Kind}{name})]")
            .Line($"{accessibility} static extern {accessor.Returns} {accessor.Name}({accessor.Parameters});");
    }
}
