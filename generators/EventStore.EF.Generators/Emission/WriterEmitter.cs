using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the straight-line writer of a type: a fast path that writes the same bytes as System.Text.Json.</summary>
internal static class WriterEmitter
{
    public static void Emit(SourceWriter code, ObjectShape shape)
    {
        var members = shape.Members
            .Where(member => member.Get.Kind != AccessKind.None && member.Ignore is not ("Always" or "WhenWriting"))
            .ToList();
        for (var i = 0; i < members.Count; i++)
        {
            var name = GeneratedFile.Literal(members[i].JsonName);
            code.Line($"private static readonly {Code.Text} N{i} = {Code.Members}Name({name});");
        }

        code.Line().Open($"internal static void Write({Code.Writer} writer, {shape.Type.Code} value)");
        if (!shape.IsValueType)
            code.Open("if (value is null)").Line("writer.WriteNullValue();").Line("return;").Close().Line();
        code.Line($"{Code.Helper}StartObject(writer);");
        for (var i = 0; i < members.Count; i++)
            Member(code, shape, members[i], i);
        code.Line("writer.WriteEndObject();").Close();
    }

    private static void Member(SourceWriter code, ObjectShape shape, MemberModel member, int index)
    {
        var name = $"N{index}";
        var value = AccessEmitter.Read(shape, member);
        if (member.Ignore is not ("WhenWritingNull" or "WhenWritingDefault"))
        {
            Scoped(code, member, () => ValueEmitter.Member(code, member.Value, name, value));
            return;
        }

        var type = member.Value.Type;
        code.Open("").Line($"var member = {value};")
            .Open($"if (!global::System.Collections.Generic.EqualityComparer<{type}>.Default.Equals(member, default))");
        ValueEmitter.Member(code, member.Value, name, "member");
        code.Close().Close();
    }

    /// <summary>A nullable value declares a variable, which must not collide with that of the next member.</summary>
    private static void Scoped(SourceWriter code, MemberModel member, Action write)
    {
        if (member.Value.Kind != ValueKind.Nullable)
        {
            write();
            return;
        }

        code.Open("");
        write();
        code.Close();
    }
}
